const tell = window.__TAURI_INTERNALS__.invoke;

requestAnimationFrame(() =>
  requestAnimationFrame(() => {
    tell("painted");
    // How often this display is drawn.
    const begin = performance.now();
    let frames = 0;
    const frame = (now) => {
      if (now - begin > 2_000) return tell("frames", { rate: (frames / (now - begin)) * 1_000 });
      frames += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }),
);
