package io.wadi.metrics.alerts;

import java.util.List;
import java.util.Optional;

/**
 * The outcome of one document.
 *
 * @param host the host with a changed state; null if there is none
 * @param alerts the changes, in their order
 * @param late the number of rules that have processed a later document of the host
 * @param withoutValue the number of rules without their field in the document
 */
public record DocumentOutcome(
        String host, List<Alert> alerts, List<RejectedDocument> rejections, int late, int withoutValue) {
    /** No rule applies to the document. */
    static final DocumentOutcome NOTHING = new DocumentOutcome(null, List.of(), List.of(), 0, 0);

    /** The error message of the dead letter; empty if the document is none. */
    public Optional<String> deadLetter() {
        return rejections.stream()
                .filter(RejectedDocument::deadLetter)
                .map(RejectedDocument::reason)
                .findFirst();
    }
}
