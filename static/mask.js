"use strict";

// Rectangles drawn on the picture fill in the numbers of the form; what is typed there is drawn.
function drawBoxes(form) {
  const picture = form.querySelector("[data-picture]");
  const undo = form.querySelector("[data-undo]");
  const rows = [...form.querySelectorAll(".mask-box")].map((row) => [...row.querySelectorAll("input")]);
  let begun = null;

  const isEmpty = (row) => row.every((input) => !input.value);
  const show = () => {
    for (const old of picture.querySelectorAll("span")) old.remove();
    for (const row of rows.filter((row) => !isEmpty(row))) {
      const [left, top, width, height] = row.map((input) => Number(input.value));
      const box = document.createElement("span");
      Object.assign(box.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
      picture.append(box);
    }
    undo.hidden = rows.every(isEmpty);
  };
  const place = (event) => {
    const area = picture.getBoundingClientRect();
    const part = (value, all) => Math.min(100, Math.max(0, (100 * value) / all));
    return [part(event.clientX - area.left, area.width), part(event.clientY - area.top, area.height)];
  };
  const fill = (event) => {
    const [x, y] = place(event);
    const values = [Math.min(x, begun.x), Math.min(y, begun.y), Math.abs(x - begun.x), Math.abs(y - begun.y)];
    begun.row.forEach((input, index) => {
      input.value = values[index].toFixed(1);
    });
    show();
  };
  picture.addEventListener("pointerdown", (event) => {
    const row = rows.find(isEmpty);
    if (!row) return;
    const [x, y] = place(event);
    begun = { x, y, row };
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener("pointermove", (event) => begun && fill(event));
  picture.addEventListener("pointerup", (event) => {
    if (begun) fill(event);
    begun = null;
  });
  undo.addEventListener("click", () => {
    const last = rows.filter((row) => !isEmpty(row)).pop();
    for (const input of last || []) input.value = "";
    show();
  });
  form.addEventListener("input", show);
  show();
}

for (const form of document.querySelectorAll("form[data-mask]")) drawBoxes(form);
