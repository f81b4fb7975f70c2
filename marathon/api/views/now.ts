/** The clocks as a view sees them. */
export interface Now {
  readonly wallMs: number;
  readonly monoMs: number;
}
