// A square to draw on. After each stroke the drawing goes to Python as one byte of ink a point.
//
// Without a pointer: arrow keys move the pen, Space puts it down or lifts it, Delete clears.

const PEN = 0.085; // width of the pen, as a share of the side
const STEP = 0.04; // how far an arrow key moves it
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const HELP = "Draw here. With keys: arrows move the pen, Space puts it down or lifts it, Delete clears.";

const pads = new WeakMap();

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

class Pad {
  constructor(parent, side) {
    this.side = side;
    this.pen = { x: 0.5, y: 0.5, down: false };
    this.strokes = 0;
    this.root = document.createElement("div");
    this.root.className = "pad";
    // What is seen is the drawing with the pen's place over it; what is sent is the drawing alone.
    this.shown = document.createElement("canvas");
    this.ink = document.createElement("canvas");
    for (const canvas of [this.shown, this.ink]) canvas.width = canvas.height = side * 3;
    this.shown.tabIndex = 0;
    this.shown.setAttribute("role", "application");
    this.shown.setAttribute("aria-label", HELP);
    this.clearing = document.createElement("button");
    this.clearing.type = "button";
    this.clearing.textContent = "Clear";
    this.said = document.createElement("p");
    this.said.setAttribute("aria-live", "polite");
    this.say("Draw here with the mouse, a finger, or the arrow keys and Space.");
    this.root.append(this.shown, this.clearing, this.said);
    parent.append(this.root);
    this.listen();
    this.wipe();
  }

  say(text) {
    this.said.textContent = text;
  }

  listen() {
    const place = (event) => {
      const box = this.shown.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    this.shown.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.shown.focus({ preventScroll: true });
      this.shown.setPointerCapture(event.pointerId);
      this.drawing = true;
      this.pen.down = false;
      [this.pen.x, this.pen.y] = place(event);
      this.lineTo(this.pen.x, this.pen.y);
    });
    this.shown.addEventListener("pointermove", (event) => {
      if (!this.drawing) return;
      const passed = event.getCoalescedEvents?.() ?? [];
      for (const step of passed.length ? passed : [event]) this.lineTo(...place(step));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.shown.addEventListener(end, () => {
        if (!this.drawing) return;
        this.drawing = false;
        this.done();
      });
    }
    this.shown.addEventListener("keydown", (event) => this.press(event));
    this.shown.addEventListener("focus", () => this.show());
    this.shown.addEventListener("blur", () => {
      // Whoever goes elsewhere with the pen down has drawn what there is to see: it is a stroke like any other.
      if (this.pen.down) this.lift();
      this.show();
    });
    this.clearing.addEventListener("click", () => this.clear());
  }

  press(event) {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const far = event.shiftKey ? 3 : 1;
      const clamp = (value) => Math.min(0.96, Math.max(0.04, value));
      const [x, y] = [clamp(this.pen.x + arrow[0] * STEP * far), clamp(this.pen.y + arrow[1] * STEP * far)];
      if (this.pen.down) this.lineTo(x, y);
      else [this.pen.x, this.pen.y] = [x, y];
    } else if (event.key === " ") {
      if (this.pen.down) this.lift();
      else this.putDown();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else {
      return;
    }
    event.preventDefault();
    this.show();
  }

  putDown() {
    this.pen.down = true;
    this.lineTo(this.pen.x, this.pen.y);
    this.say("The pen is down.");
  }

  lift() {
    this.pen.down = false;
    this.done();
    this.say("The pen is up.");
  }

  lineTo(x, y) {
    const pencil = this.ink.getContext("2d");
    const size = this.ink.width;
    pencil.strokeStyle = "#fff";
    pencil.lineWidth = PEN * size;
    pencil.lineCap = pencil.lineJoin = "round";
    pencil.beginPath();
    pencil.moveTo(this.pen.x * size, this.pen.y * size);
    // A line without length draws nothing: a dot is a short one.
    pencil.lineTo(x * size + 0.01, y * size);
    pencil.stroke();
    [this.pen.x, this.pen.y] = [x, y];
    this.show();
  }

  show() {
    const pencil = this.shown.getContext("2d");
    const size = this.shown.width;
    pencil.drawImage(this.ink, 0, 0);
    if (this.drawing || this.shown !== this.shown.getRootNode().activeElement) return;
    pencil.strokeStyle = this.pen.down ? "#f59e0b" : "#a5b4fc";
    pencil.lineWidth = 2;
    pencil.beginPath();
    pencil.arc(this.pen.x * size, this.pen.y * size, (PEN * size) / 2 + 2, 0, 2 * Math.PI);
    pencil.stroke();
  }

  done() {
    this.strokes += 1;
    this.say(`${this.strokes} ${this.strokes === 1 ? "stroke" : "strokes"}.`);
    this.show();
    const small = document.createElement("canvas");
    small.width = small.height = this.side;
    const pencil = small.getContext("2d");
    pencil.imageSmoothingQuality = "high";
    pencil.drawImage(this.ink, 0, 0, this.side, this.side);
    const points = pencil.getImageData(0, 0, this.side, this.side).data;
    this.send(base64(points.filter((_, place) => place % 4 === 0)));
  }

  wipe() {
    const pencil = this.ink.getContext("2d");
    pencil.fillStyle = "#000";
    pencil.fillRect(0, 0, this.ink.width, this.ink.height);
    this.show();
  }

  clear() {
    this.wipe();
    this.strokes = 0;
    this.pen.down = false;
    this.say("The paper is empty.");
    this.send("");
  }
}

export default function render({ data, parentElement, setStateValue }) {
  let pad = pads.get(parentElement);
  if (!pad) {
    pad = new Pad(parentElement, data.side);
    pads.set(parentElement, pad);
  }
  pad.send = (ink) => setStateValue("ink", ink);
  return () => {
    // Streamlit also says this of a call that newer data has overtaken: then all stays where it is.
    if (parentElement.isConnected) return;
    pad.root.remove();
    pads.delete(parentElement);
  };
}
