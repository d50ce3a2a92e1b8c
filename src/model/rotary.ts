/** Cosines and sines of rotate_half's layout, one row [headDim] per position, grown as longer positions are asked for. */
export class RotaryTable {
  private cosines = new Float32Array(0);
  private sines = new Float32Array(0);
  private positions = 0;

  constructor(
    private readonly headDim: number,
    private readonly theta: number,
  ) {}

  /** Views [count, headDim] of the rows for positions start … start + count − 1. */
  rows(start: number, count: number): { cos: Float32Array; sin: Float32Array } {
    this.grow(start + count);
    const from = start * this.headDim;
    const to = (start + count) * this.headDim;
    return { cos: this.cosines.subarray(from, to), sin: this.sines.subarray(from, to) };
  }

  private grow(positions: number): void {
    if (positions <= this.positions) return;
    this.positions = Math.max(positions, 2 * this.positions, 64);
    const half = this.headDim / 2;
    this.cosines = new Float32Array(this.positions * this.headDim);
    this.sines = new Float32Array(this.positions * this.headDim);
    for (let i = 0; i < half; i++) {
      // Rounded as PyTorch rounds them: frequency and angle are float32 there.
      const frequency = Math.fround(this.theta ** ((-2 * i) / this.headDim));
      for (let position = 0; position < this.positions; position++) {
        const angle = Math.fround(position * frequency);
        const at = position * this.headDim + i;
        this.cosines[at] = this.cosines[at + half] = Math.cos(angle);
        this.sines[at] = this.sines[at + half] = Math.sin(angle);
      }
    }
  }
}
