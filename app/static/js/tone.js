/* A soft tone that swells and fades, made on the spot. */
export function tone() {
  const sound = new AudioContext();
  const [hum, loud] = [sound.createOscillator(), sound.createGain()];
  hum.frequency.value = 392;
  loud.gain.setValueAtTime(0.0001, sound.currentTime);
  loud.gain.exponentialRampToValueAtTime(0.2, sound.currentTime + 0.15);
  loud.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 1.6);
  hum.connect(loud).connect(sound.destination);
  hum.start();
  hum.stop(sound.currentTime + 1.7);
  hum.addEventListener('ended', () => sound.close());
}
