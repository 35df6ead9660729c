"use strict";

// A chosen file goes up at once, with its progress in view; what the form then sends is small. Without this it comes along with the form.
function uploadAhead(place) {
  const box = place.querySelector('input[type="file"]');
  const kept = place.querySelector("[data-kept]");
  const bar = place.querySelector("progress");
  const said = place.querySelector('[role="status"]');
  const words = place.dataset;
  const limits = JSON.parse(words.limits);
  const { form } = box;
  let sending = Promise.resolve();
  let busy = 0;

  function tooLarge(file) {
    const limit = limits[file.name.split(".").pop().toLowerCase()];
    if (!limit || file.size <= limit * 1024 * 1024) return "";
    return words.tooLarge.replace("%(name)s", file.name).replace("%(limit)d", limit);
  }

  function refuse(sentence) {
    const line = document.createElement("p");
    line.className = "field-error";
    line.textContent = sentence;
    kept.append(line);
  }

  function parcel(file) {
    const data = new FormData();
    data.append(box.name, file);
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    kept.querySelectorAll('input[type="hidden"], input:checked').forEach((one) => data.append(one.name, one.value));
    return data;
  }

  function send(file) {
    return new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = (event.loaded / event.total) * 100;
      });
      request.addEventListener("load", () => resolve(request));
      request.addEventListener("error", () => resolve(null));
      request.open("POST", words.address);
      request.send(parcel(file));
    });
  }

  async function upload(file) {
    const sentence = tooLarge(file);
    if (sentence) {
      refuse(sentence);
      return;
    }
    bar.value = 0;
    bar.hidden = false;
    said.textContent = `${words.sending} ${file.name}`;
    const answer = await send(file);
    bar.hidden = true;
    const dropped = [...kept.querySelectorAll('input[type="checkbox"]:checked')].map((one) => one.value);
    const refused = [...kept.querySelectorAll(".field-error")];
    if (answer?.status === 200 || answer?.status === 422) {
      kept.innerHTML = answer.responseText;
      kept.append(...refused);
      kept.querySelectorAll('input[type="checkbox"]').forEach((one) => { one.checked = dropped.includes(one.value); });
      said.textContent = answer.status === 200 ? `${words.sent} ${file.name}` : "";
    } else {
      said.textContent = `${words.failed} ${file.name}`;
      failed.items.add(file);
      box.files = failed.files;
    }
  }

  const failed = new DataTransfer();

  box.addEventListener("change", () => {
    const files = [...box.files];
    kept.querySelectorAll(".field-error").forEach((one) => one.remove());
    box.files = failed.files;
    busy += files.length;
    for (const file of files) {
      sending = sending.then(() => upload(file)).finally(() => { busy -= 1; });
    }
  });

  form.addEventListener("submit", (event) => {
    if (!busy) return;
    event.preventDefault();
    said.textContent = words.busy;
    const { submitter } = event;
    sending.then(() => form.requestSubmit(submitter));
  });
}

document.querySelectorAll(".uploads").forEach(uploadAhead);
