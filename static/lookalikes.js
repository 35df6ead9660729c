"use strict";

// Once subject or place is written, published cases like it are shown. The button does the same without this.
{
  const place = document.querySelector("[data-look-alikes]");
  const boxes = ["title", "place"].map((name) => document.querySelector(`[name="${name}"]`));
  let asking;

  async function look() {
    asking?.abort();
    asking = new AbortController();
    const [title, spot] = boxes.map((box) => box.value.trim());
    if (!title) return;
    try {
      const address = `${place.dataset.lookAlikes}?${new URLSearchParams({ title, place: spot })}`;
      const answer = await fetch(address, { signal: asking.signal });
      if (answer.ok) place.innerHTML = await answer.text();
    } catch {
      // Without an answer the form is as it was.
    }
  }

  if (place && boxes.every(Boolean)) boxes.forEach((box) => box.addEventListener("change", look));
}
