/** A pad to draw one digit on. It is converted to MNIST's format: 28 by 28, white on black. */

const SIDE = 280;
const PEN = 22;
const STEP = 10;

/**
 * @param {HTMLCanvasElement} canvas @param {() => void} changed called after each stroke
 */
export function drawingPad(canvas, changed) {
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  let last = { x: SIDE / 2, y: SIDE / 2 };
  let down = false;
  clear();

  function clear() {
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
  }

  /** @param {{x: number, y: number}} to */
  function line(to) {
    context.strokeStyle = "#fff";
    context.lineWidth = PEN;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(last.x, last.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    last = to;
  }

  /** @param {PointerEvent} event */
  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) * SIDE) / box.width,
      y: ((event.clientY - box.top) * SIDE) / box.height,
    };
  }

  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = place(event);
    down = true;
    line(last);
  };
  canvas.onpointermove = (event) => {
    if (down && event.buttons) line(place(event));
  };
  canvas.onpointerup = () => {
    if (down) changed();
    down = false;
  };

  canvas.onkeydown = (event) => {
    const moves = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    });
    const move = moves[event.key];
    if (move) {
      const to = { x: limited(last.x + move[0]), y: limited(last.y + move[1]) };
      if (down) line(to);
      else last = to;
    } else if (event.key === " ") {
      down = !down;
      if (down) line(last);
      else changed();
    } else if (event.key === "Delete") {
      clear();
    } else {
      return;
    }
    event.preventDefault();
  };

  /** @param {number} value */
  function limited(value) {
    return Math.min(Math.max(value, 0), SIDE);
  }

  /**
   * The digit as MNIST has it: scaled to fit into 20 by 20, with its centre of mass in the middle
   * of 28 by 28. null if nothing is drawn.
   */
  function pixels() {
    const data = context.getImageData(0, 0, SIDE, SIDE).data;
    let [left, top, right, bottom] = [SIDE, SIDE, -1, -1];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        if (data[4 * (y * SIDE + x)] < 32) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
      }
    }
    if (right < 0) return null;
    const [width, height] = [right - left + 1, bottom - top + 1];
    const scale = 20 / Math.max(width, height);
    const box = [left, top, width, height];
    const size = [width * scale, height * scale];
    const first = small(canvas, box, [14 - size[0] / 2, 14 - size[1] / 2, ...size]);
    let [mass, across, along] = [0, 0, 0];
    first.forEach((row, y) =>
      row.forEach((value, x) => {
        mass += value;
        across += value * x;
        along += value * y;
      }),
    );
    const shift = [13.5 - across / mass, 13.5 - along / mass];
    return small(canvas, box, [14 - size[0] / 2 + shift[0], 14 - size[1] / 2 + shift[1], ...size]);
  }

  return {
    clear,
    pixels,
    /** Show an image, such as a digit of MNIST, as if it were drawn. @param {number[][]} rows */
    show(rows) {
      const side = SIDE / rows.length;
      rows.forEach((row, y) =>
        row.forEach((value, x) => {
          const grey = Math.round(255 * value);
          context.fillStyle = `rgb(${grey},${grey},${grey})`;
          context.fillRect(x * side, y * side, side, side);
        }),
      );
    },
  };
}

/**
 * Draw a rectangle of a canvas into a rectangle of a 28 by 28 image. Both are x, y, width, height.
 * Return the image as rows of numbers in 0..1.
 * @param {HTMLCanvasElement} canvas @param {number[]} from @param {number[]} to
 */
function small(canvas, from, to) {
  const target = document.createElement("canvas");
  target.width = target.height = 28;
  const context = /** @type {CanvasRenderingContext2D} */ (
    target.getContext("2d", { willReadFrequently: true })
  );
  context.imageSmoothingQuality = "high";
  const [sx, sy, sw, sh] = from;
  const [x, y, width, height] = to;
  context.drawImage(canvas, sx, sy, sw, sh, x, y, width, height);
  const { data } = context.getImageData(0, 0, 28, 28);
  return Array.from({ length: 28 }, (_, row) =>
    Array.from({ length: 28 }, (_, column) => data[4 * (28 * row + column)] / 255),
  );
}
