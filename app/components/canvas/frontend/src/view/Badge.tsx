import type { Finding } from "../protocol";
import { AlertIcon } from "./icons";

/** The mark of a card with something wrong; hovering it, or choosing the card, shows what. */
export function Badge({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  const severity = findings.some((finding) => finding.severity === "error") ? "error" : "warning";
  return (
    <span className="badge" data-severity={severity} data-testid="badge">
      <span className="unseen">{findings.map((finding) => `${finding.severity}: ${finding.message}`).join(" ")}</span>
      <span aria-hidden="true">{findings.length > 1 ? findings.length : <AlertIcon />}</span>
      <span className="badge-tip" aria-hidden="true">
        {findings.map((finding, index) => (
          <span className="tip-finding" data-severity={finding.severity} key={index}>
            <span className="tip-code">
              {finding.code}
              {finding.port ? ` · ${finding.port}` : ""}
            </span>
            <span className="tip-message">{finding.message}</span>
            {finding.hint ? <span className="tip-hint">{finding.hint}</span> : null}
          </span>
        ))}
      </span>
    </span>
  );
}
