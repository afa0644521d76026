package io.wadi.metrics.alerts;

import java.util.List;
import java.util.Optional;

/**
 * What came of one document.
 *
 * @param host whose state is another now; null where none is
 * @param alerts the changes, in their order
 * @param refusals why the document could not be used, for each rule that could not
 * @param late how many rules have seen a later document of the host: for them it changes nothing
 * @param withoutValue how many rules look at such documents, and found none of their fields in this one
 */
public record DocumentOutcome(
        String host, List<Alert> alerts, List<RejectedDocument> refusals, int late, int withoutValue) {
    /** No rule looks at such documents. */
    static final DocumentOutcome NOTHING = new DocumentOutcome(null, List.of(), List.of(), 0, 0);

    /** Why the document belongs in the dead letters, in words; nothing where it does not. */
    public Optional<String> deadLetter() {
        return refusals.stream()
                .filter(RejectedDocument::deadLetter)
                .map(RejectedDocument::words)
                .findFirst();
    }
}
