/** What the lines are for. The two share no font and no text, so that calibration cannot peek at the evaluation. */
export type Split = "calibration" | "evaluation";
