"use strict";
// Saves a figure as a PNG of twice its size, in the colours of a light page, whatever page it is on.
const light = [...document.styleSheets[0].cssRules].find((rule) => rule.selectorText === ":root").style;
for (const button of document.querySelectorAll("button.save")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const svg = document.getElementById(button.dataset.saves).querySelector("svg");
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    const own = svg.cloneNode(true);
    own.setAttribute("width", width);
    own.setAttribute("height", height);
    const text = new XMLSerializer().serializeToString(own)
      .replace(/var\((--[\w-]+)\)/g, (_, name) => light.getPropertyValue(name).replaceAll('"', "'"));
    const picture = new Image();
    picture.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * width;
    canvas.height = 2 * height;
    const paper = canvas.getContext("2d");
    paper.fillStyle = light.getPropertyValue("--page");
    paper.fillRect(0, 0, canvas.width, canvas.height);
    paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const link = document.createElement("a");
    link.download = button.dataset.name;
    link.href = canvas.toDataURL("image/png");
    link.click();
  });
}
