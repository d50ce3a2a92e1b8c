import type { CurvePoint } from '../../engine/training/protocol';
import type { Figures } from './figures';

/** What is written in the picture. */
export interface CurveWords {
  readonly training: string;
  readonly heldOut: string;
  readonly steps: string;
  readonly loss: string;
}

const WIDTH = 720;
const HEIGHT = 300;
const LEFT = 56;
const RIGHT = 16;
const TOP = 36;
const BOTTOM = 44;
/** More points than pixels say nothing more. */
const MOST_POINTS = 240;
const TICKS = 4;

/** The course of training as an SVG: its own background, so that it can be read in any theme; two kinds of line, so that colour is not needed. */
export function curveSvg(curve: readonly CurvePoint[], words: CurveWords, { count, decimal }: Figures): string {
  const losses = curve.flatMap(({ loss, heldOut }) => [loss, ...(heldOut === undefined ? [] : [heldOut])]);
  const low = Math.min(...losses);
  const high = Math.max(...losses);
  const pad = (high - low) * 0.08 || 0.1;
  const last = Math.max(1, ...curve.map(({ step }) => step));
  const x = (step: number): number => LEFT + (step / last) * (WIDTH - LEFT - RIGHT);
  const y = (loss: number): number => TOP + ((high + pad - loss) / (high - low + 2 * pad)) * (HEIGHT - TOP - BOTTOM);
  const at = (step: number, loss: number): string => `${x(step).toFixed(1)},${y(loss).toFixed(1)}`;
  const heldOut = curve.flatMap(({ step, heldOut: value }) => (value === undefined ? [] : [at(step, value)]));
  const training = thinned(curve).map(({ step, loss }) => at(step, loss));
  const ticks = Array.from({ length: TICKS + 1 }, (_, n) => n / TICKS);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13" fill="#333">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" rx="6" fill="#fff"/>`,
    ...ticks.map((share) => {
      const loss = low - pad + share * (high - low + 2 * pad);
      const height = y(loss).toFixed(1);
      return `<path d="M${LEFT} ${height}H${WIDTH - RIGHT}" stroke="#ddd"/><text x="${LEFT - 8}" y="${height}" dy="4" text-anchor="end">${escaped(decimal(loss, 2))}</text>`;
    }),
    ...ticks.map((share) => {
      const step = Math.round(share * last);
      return `<text x="${x(step).toFixed(1)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${escaped(count(step))}</text>`;
    }),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(words.steps)}</text>`,
    `<text x="8" y="20">${escaped(words.loss)}</text>`,
    `<polyline points="${training.join(' ')}" fill="none" stroke="#1a66b3" stroke-width="1.5" stroke-dasharray="5 3"/>`,
    `<polyline points="${heldOut.join(' ')}" fill="none" stroke="#b34700" stroke-width="2.5"/>`,
    ...heldOut.map((point) => {
      const [cx, cy] = point.split(',');
      return `<circle cx="${cx!}" cy="${cy!}" r="3.5" fill="#b34700"/>`;
    }),
    legend(WIDTH - RIGHT - 320, words.training, 'stroke="#1a66b3" stroke-width="1.5" stroke-dasharray="5 3"'),
    legend(WIDTH - RIGHT - 160, words.heldOut, 'stroke="#b34700" stroke-width="2.5"'),
    '</svg>',
  ].join('');
}

/** A picture as an address that Markdown can show. */
export function dataAddress(svg: string): string {
  return `data:image/svg+xml;base64,${Buffer.from(svg, 'utf8').toString('base64')}`;
}

/** Means of neighbours, where there are more points than can be told apart. */
function thinned(curve: readonly CurvePoint[]): readonly { readonly step: number; readonly loss: number }[] {
  const size = Math.ceil(curve.length / MOST_POINTS);
  if (size <= 1) return curve;
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, n) => {
    const group = curve.slice(n * size, (n + 1) * size);
    return {
      step: group.at(-1)!.step,
      loss: group.reduce((sum, { loss }) => sum + loss, 0) / group.length,
    };
  });
}

function legend(left: number, text: string, stroke: string): string {
  return `<path d="M${left} 16h28" fill="none" ${stroke}/><text x="${left + 36}" y="20">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
