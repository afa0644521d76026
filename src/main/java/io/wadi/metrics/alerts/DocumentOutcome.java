package io.wadi.metrics.alerts;

import java.util.List;
import java.util.Optional;

/**
 * The outcome of one document.
 *
 * @param host the host with a changed state; null if there is none
 * @param alerts the state changes, in order
 * @param late the number of rules that ignored the document because they have processed a later one of the host
 * @param withoutValue the number of rules with fields that the document does not have
 */
public record DocumentOutcome(
        String host, List<Alert> alerts, List<RejectedDocument> rejections, int late, int withoutValue) {
    /** The outcome of a document to which no rule applies. */
    static final DocumentOutcome NOTHING = new DocumentOutcome(null, List.of(), List.of(), 0, 0);

    /** Returns the error message of the document's dead letter; empty if the document is not a dead letter. */
    public Optional<String> deadLetter() {
        return rejections.stream()
                .filter(RejectedDocument::deadLetter)
                .map(RejectedDocument::reason)
                .findFirst();
    }
}
