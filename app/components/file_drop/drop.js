// A place to drop or choose a file, which goes to Python in slices.
//
// A slice goes when Python has said how much is there; what is sent twice is taken once. The next slice is
// read meanwhile. Nothing is forgotten when the page is drawn anew or left for another: the file that is being
// sent is kept here, and it goes on where Python says that it is.

const PATIENCE = 8000; // milliseconds without an answer until a slice is sent once more
const RATE_OVER = 4000; // milliseconds over which the rate is measured

const sendings = new Map(); // by key of the place: the file that is being sent
const places = new WeakMap(); // by parent element

function inWords(bytes) {
  for (const unit of ["B", "kB", "MB"]) {
    if (bytes < 1000) return `${unit === "B" || bytes >= 10 ? Math.round(bytes) : bytes.toFixed(1)} ${unit}`;
    bytes /= 1000;
  }
  return `${bytes.toFixed(1)} GB`;
}

function inTime(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** A file on its way; it rests while no place shows it. */
class Sending {
  constructor(file, slice) {
    this.file = file;
    this.slice = slice;
    this.id = crypto.randomUUID();
    this.known = { name: file.name, size: file.size, modified: file.lastModified };
    this.received = null; // bytes that Python has; null until it has said so
    this.read = new Map(); // slices read ahead, by where they begin
    this.seen = []; // [moment, bytes received] of the last seconds
    this.waits = false;
    this.place = null;
    this.turn = 0;
  }

  /** Sends what is due, and again when there is no answer. */
  async go() {
    const turn = ++this.turn;
    clearTimeout(this.timer);
    try {
      const content = this.received === null ? "" : await this.content(this.received);
      if (turn !== this.turn || !this.place) return;
      this.place.send({ sending: this.id, file: this.known, offset: this.received, content });
      this.timer = setTimeout(() => {
        this.waits = true;
        this.place?.show();
        this.go();
      }, PATIENCE);
      if (this.received !== null) this.content(this.received + this.slice).catch(() => {});
    } catch {
      this.place?.drop(
        `“${this.file.name}” cannot be read any more: it was changed or moved, or is a folder. Choose it again.`,
      );
    }
  }

  content(offset) {
    if (offset >= this.file.size) return Promise.resolve("");
    for (const known of this.read.keys()) if (known < offset - this.slice) this.read.delete(known);
    if (!this.read.has(offset)) {
      this.read.set(offset, base64(this.file.slice(offset, offset + this.slice)));
    }
    return this.read.get(offset);
  }

  /** Python has said how much is there. */
  hear(received) {
    if (received === this.received && !this.waits) return;
    this.received = received;
    this.waits = false;
    const now = performance.now();
    this.seen.push([now, received]);
    while (this.seen.length > 2 && now - this.seen[0][0] > RATE_OVER) this.seen.shift();
    this.go();
  }

  get rate() {
    const [first, last] = [this.seen[0], this.seen.at(-1)];
    return first && last[0] > first[0] ? ((last[1] - first[1]) / (last[0] - first[0])) * 1000 : 0;
  }

  rest() {
    this.turn += 1;
    this.place = null;
    clearTimeout(this.timer);
  }
}

class Place {
  constructor(parent, data) {
    this.key = data.key;
    this.data = data;
    this.root = document.createElement("div");
    this.root.className = "drop";
    this.zone = element("label", "zone");
    this.input = element("input");
    this.input.type = "file";
    this.input.accept = data.endings.join(",");
    this.input.setAttribute("aria-label", data.label);
    const words = element("span");
    words.append("or drop one here", (this.limits = element("small")));
    this.zone.append(this.input, element("span", "button", "Choose a file"), words);
    this.sending = element("div", "sending");
    const far = element("div", "far");
    this.bar = element("progress");
    this.bar.max = 1;
    far.append((this.name = element("b")), this.bar, (this.told = element("span")));
    this.cancel = element("button", "", "Cancel");
    this.cancel.type = "button";
    this.sending.append(far, this.cancel);
    this.problem = element("p", "problem");
    this.problem.setAttribute("role", "alert");
    this.root.append(this.zone, this.sending, this.problem);
    parent.append(this.root);
    this.listen();
  }

  listen() {
    this.input.addEventListener("change", () => {
      this.choose(this.input.files);
      this.input.value = "";
    });
    this.cancel.addEventListener("click", () => this.stop());
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      this.root.addEventListener(kind, (event) => {
        event.preventDefault();
        this.zone.classList.toggle("over", kind === "dragenter" || kind === "dragover");
        if (kind === "drop") this.choose(event.dataTransfer.files);
      });
    }
  }

  choose(files) {
    if (!files.length || sendings.has(this.key)) return;
    const file = files[0];
    const wrong = this.wrong(files);
    this.problem.textContent = wrong;
    if (wrong) return;
    sendings.set(this.key, new Sending(file, this.data.slice));
    this.adopt();
    this.show();
    this.cancel.focus();
  }

  /** Has the file go on that was being sent from a place of this name. */
  adopt() {
    const sending = sendings.get(this.key);
    if (!sending) return;
    sending.place = this;
    sending.go();
  }

  /** Why a file cannot be taken, or nothing; said before a byte of it goes. */
  wrong(files) {
    const [file] = files;
    const { endings, most } = this.data;
    if (files.length > 1) return "Choose one file at a time. Pictures belong together in one ZIP.";
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) {
      return `“${file.name}” is of no kind that is read; these are: ${endings.join(", ")}. Folders of pictures can be packed as a ZIP.`;
    }
    if (!file.size) return `“${file.name}” is empty.`;
    if (file.size > most) {
      return `“${file.name}” has ${inWords(file.size)}, and there is room for ${inWords(most)}. Make room on the disk, or have a file on this machine read where it is.`;
    }
    return "";
  }

  stop() {
    const sending = sendings.get(this.key);
    this.drop("");
    this.send({ sending: sending.id, file: sending.known, cancelled: true });
    this.input.focus();
  }

  /** Lets go of the file, whatever the reason. */
  drop(problem) {
    sendings.get(this.key)?.rest();
    sendings.delete(this.key);
    this.problem.textContent = problem;
    this.show();
  }

  /** Takes what Python says. */
  update(data) {
    this.data = data;
    const sending = sendings.get(this.key);
    const { answer } = data;
    if (sending && answer?.sending === sending.id) {
      if (answer.problem || answer.done) this.drop(answer.problem);
      else sending.hear(answer.received);
    }
    this.show();
  }

  show() {
    const sending = sendings.get(this.key);
    this.zone.hidden = Boolean(sending);
    this.sending.hidden = !sending;
    this.limits.textContent = `Up to ${inWords(this.data.most)}, which goes to the disk piece by piece: ${this.data.endings.join(" ")}`;
    if (!sending) return;
    const { rate, file } = sending;
    const received = sending.received ?? 0;
    this.name.textContent = file.name;
    this.bar.value = received / file.size;
    this.bar.setAttribute("aria-label", `Sending ${file.name}`);
    const left = rate ? ` · ${inWords(rate)}/s · ${inTime((file.size - received) / rate)} left` : "";
    this.told.textContent = sending.waits
      ? `${inWords(received)} of ${inWords(file.size)} · waiting for the designer to answer`
      : `${inWords(received)} of ${inWords(file.size)}${left}`;
  }
}

function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export default function render({ data, parentElement, setTriggerValue }) {
  let place = places.get(parentElement);
  const isNew = !place;
  if (isNew) {
    place = new Place(parentElement, data);
    places.set(parentElement, place);
  }
  place.send = (sent) => setTriggerValue("sent", sent);
  place.update(data);
  if (isNew) place.adopt();
  return () => {
    // Streamlit also says this of a call that newer data has overtaken: then all stays where it is.
    if (parentElement.isConnected) return;
    const sending = sendings.get(place.key);
    if (sending?.place === place) sending.rest();
    place.root.remove();
    places.delete(parentElement);
  };
}
