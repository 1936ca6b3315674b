/* Where live sound comes from: each opens as {context, node, name, stop, element, ended}.

   `node` gives sound in the browser's audio graph; `stop` lets go of all that was opened. What can be
   refused throws an error whose text is meant for people. */

export class Refusal extends Error {
  constructor(title, detail, remedy = "") {
    super(detail);
    this.told = { title, detail, remedy };
  }
}

/* Why nothing can be listened to here at all; null where it can. */
export function insecure() {
  if (window.isSecureContext && window.AudioWorkletNode) return null;
  return {
    title: "Not over this connection",
    detail: "Browsers let a page use a microphone, and take sound apart, only over HTTPS or on this machine itself (localhost).",
    remedy: "Open Segue over HTTPS, or upload a file: that works here too.",
  };
}

const MICROPHONE = {
  NotAllowedError: [
    "The microphone was refused",
    "The browser, or somebody, said no to the microphone.",
    "Allow it beside the address of this page, then press Listen again.",
  ],
  NotFoundError: ["No microphone", "No microphone was found on this device.", "Connect one, then press Listen again."],
  NotReadableError: [
    "The microphone cannot be used",
    "Another program holds it, or the system does not let the browser have it.",
    "Close what uses it, then press Listen again.",
  ],
};

export async function microphone() {
  let stream;
  try {
    // What makes speech clear spoils music.
    const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    stream = await navigator.mediaDevices.getUserMedia({ audio: plain });
  } catch (error) {
    const known = MICROPHONE[error.name] ?? ["The microphone cannot be used", error.message, "Play a file instead."];
    throw new Refusal(...known);
  }
  const context = new AudioContext();
  const stop = () => {
    for (const track of stream.getTracks()) track.stop();
    return context.close();
  };
  const gone = new Promise((end) => stream.getAudioTracks()[0].addEventListener("ended", end, { once: true }));
  return { context, node: context.createMediaStreamSource(stream), name: "Listening to the microphone", stop, ended: gone };
}

export async function file(chosen) {
  const audio = new Audio();
  audio.controls = true;
  audio.setAttribute("aria-label", chosen.name);
  const address = URL.createObjectURL(chosen);
  const context = new AudioContext();
  const stop = () => {
    audio.pause();
    audio.removeAttribute("src");
    audio.load(); // or it would go on asking for the rest
    setTimeout(() => URL.revokeObjectURL(address), 1000);
    return context.close();
  };
  const opened = () => {
    const ended = new Promise((end) => audio.addEventListener("ended", end, { once: true }));
    return { context, node, name: `Listening to ${chosen.name}`, stop, element: audio, ended };
  };
  audio.src = address;
  const node = context.createMediaElementSource(audio);
  node.connect(context.destination);
  // Where a browser wants somebody to press play, the controls are there.
  audio.addEventListener("play", () => context.resume());
  try {
    await audio.play();
  } catch (error) {
    if (error.name === "NotAllowedError") return opened();
    await stop();
    const unplayable = error.name === "NotSupportedError";
    throw new Refusal(
      "The file does not play",
      unplayable ? `This browser cannot play ${chosen.name}.` : error.message,
      "Choose another, or upload it: Segue reads more formats than browsers do.",
    );
  }
  return opened();
}

function playing() {
  return document.querySelector("#player audio");
}

/* Why the player cannot be listened to; empty where it can. */
export function deaf() {
  const audio = playing();
  if (!audio?.captureStream) return "This browser does not let a page hear its own player.";
  return "";
}

export async function player() {
  const audio = playing();
  if (!audio?.currentSrc || audio.paused) {
    throw new Refusal("Nothing plays", "The player of this page is at rest.", "Play a track, then press Listen along.");
  }
  const context = new AudioContext();
  const stream = audio.captureStream();
  const node = context.createGain();
  let source = null;
  const connect = () => {
    source?.disconnect();
    source = null;
    if (!stream.getAudioTracks().length) return;
    source = context.createMediaStreamSource(stream);
    source.connect(node);
  };
  stream.addEventListener("addtrack", connect); // another track plays now
  connect();
  const stop = () => {
    stream.removeEventListener("addtrack", connect);
    for (const track of stream.getTracks()) track.stop();
    return context.close();
  };
  return { context, node, name: "Listening to what plays here", stop, ended: new Promise(() => {}) };
}
