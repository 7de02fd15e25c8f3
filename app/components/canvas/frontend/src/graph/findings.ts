import type { Finding } from "../protocol";

/** "error" if any finding is one, else "warning"; undefined when there is none. */
export function worst(findings: readonly Finding[] = []): Finding["severity"] | undefined {
  return findings.find((finding) => finding.severity === "error")?.severity ?? findings[0]?.severity;
}
