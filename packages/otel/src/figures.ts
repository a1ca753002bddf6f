import type { UsageNames } from "./dialects/dialect.ts";
import type { Attributes } from "./record.ts";
import { readCount } from "./read-value.ts";

/** Figures as a sender counts them. Absent input, output or total = not reported; the others are then 0. */
export interface Figures {
  readonly input: number | undefined;
  readonly output: number | undefined;
  readonly total: number | undefined;
  readonly cacheRead: number;
  /** All cache writes, those with a known lifetime included. */
  readonly cacheWrite: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite30m: number;
  readonly cacheWrite1h: number;
  readonly cacheWrite12h: number;
  readonly reasoning: number;
  readonly inputAudio: number;
  readonly inputImage: number;
  readonly inputVideo: number;
  readonly cachedAudio: number;
  readonly cachedImage: number;
  readonly outputAudio: number;
  readonly outputImage: number;
  readonly outputVideo: number;
  /** False where the reported output leaves reasoning out: it is added, not split off. */
  readonly outputHasReasoning: boolean;
  /** Known from the shape of the figures themselves. */
  readonly inclusive?: boolean;
}

export const NO_FIGURES: Figures = {
  input: undefined,
  output: undefined,
  total: undefined,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite5m: 0,
  cacheWrite30m: 0,
  cacheWrite1h: 0,
  cacheWrite12h: 0,
  reasoning: 0,
  inputAudio: 0,
  inputImage: 0,
  inputVideo: 0,
  cachedAudio: 0,
  cachedImage: 0,
  outputAudio: 0,
  outputImage: 0,
  outputVideo: 0,
  outputHasReasoning: true,
};

/** @throws WrongCount */
export function readFigures(attributes: Attributes, names: UsageNames): Figures {
  const read = (of: readonly string[] | undefined): number => readCount(attributes, of) ?? 0;
  const [cacheWrite5m, cacheWrite30m] = [read(names.cacheWrite5m), read(names.cacheWrite30m)];
  const [cacheWrite1h, cacheWrite12h] = [read(names.cacheWrite1h), read(names.cacheWrite12h)];
  return {
    input: readCount(attributes, names.input),
    output: readCount(attributes, names.output),
    total: readCount(attributes, names.total),
    cacheRead: read(names.cacheRead),
    cacheWrite: Math.max(read(names.cacheWrite), cacheWrite5m + cacheWrite30m + cacheWrite1h + cacheWrite12h),
    cacheWrite5m,
    cacheWrite30m,
    cacheWrite1h,
    cacheWrite12h,
    reasoning: read(names.reasoning),
    inputAudio: read(names.inputAudio),
    inputImage: read(names.inputImage),
    inputVideo: read(names.inputVideo),
    cachedAudio: read(names.cachedAudio),
    cachedImage: read(names.cachedImage),
    outputAudio: read(names.outputAudio),
    outputImage: read(names.outputImage),
    outputVideo: read(names.outputVideo),
    outputHasReasoning: true,
  };
}

/** All zeros are no usage: no call is free of tokens. */
export const isEmpty = (f: Figures): boolean =>
  (f.input ?? 0) + (f.output ?? 0) + f.cacheRead + f.cacheWrite + f.reasoning + f.inputAudio + f.outputAudio === 0;
