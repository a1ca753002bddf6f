/** What the two sources say differently, and what of them is not understood: both end in disagreements.json. */
export interface Findings {
  readonly disagreements: object[];
  readonly notUnderstood: string[];
}
