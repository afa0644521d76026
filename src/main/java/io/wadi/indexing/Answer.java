package io.wadi.indexing;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorCause;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.transport.TransportException;
import io.wadi.kafka.Causes;
import java.net.SocketTimeoutException;
import java.util.List;
import org.elasticsearch.client.ResponseException;

/**
 * What came of a {@link Bulk}.
 *
 * @param bulk what was sent
 * @param items one for each document, in their order; null where the request failed as a whole
 * @param failure why; null where there are items
 */
record Answer(Bulk bulk, List<BulkResponseItem> items, Throwable failure) {
    private static final int REQUEST_TIMEOUT = 408;

    /** The items of a bulk, if there are as many. */
    static Answer of(Bulk bulk, List<BulkResponseItem> items) {
        return items.size() == bulk.size()
                ? new Answer(bulk, items, null)
                : failed(
                        bulk,
                        new IllegalStateException(
                                "%d documents were sent and %d answered".formatted(bulk.size(), items.size())));
    }

    static Answer failed(Bulk bulk, Throwable failure) {
        return new Answer(bulk, null, failure);
    }

    /** The status that the whole request was refused with, 408 where an answer took too long, or {@link Verdict#NO_ANSWER}. */
    int status() {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ElasticsearchException refused) {
                return refused.status();
            }
            if (cause instanceof ResponseException refused) {
                return refused.getResponse().getStatusLine().getStatusCode();
            }
            if (cause instanceof TransportException refused && refused.response() != null) {
                return refused.statusCode();
            }
            if (cause instanceof SocketTimeoutException) {
                return REQUEST_TIMEOUT;
            }
        }
        return Verdict.NO_ANSWER;
    }

    /** Why the whole request failed, in a line. */
    String reason() {
        int status = status();
        String told = Causes.inShort(failure);
        return status == Verdict.NO_ANSWER || status == REQUEST_TIMEOUT
                ? "Elasticsearch did not answer: " + told
                : "Elasticsearch answered %d: %s".formatted(status, told);
    }

    /** Why an item failed, in Elasticsearch's words. */
    static String reason(BulkResponseItem item) {
        StringBuilder reason = new StringBuilder(Integer.toString(item.status()));
        ErrorCause cause = item.error();
        if (cause != null) {
            reason.append(' ').append(cause.type()).append(": ").append(cause.reason());
            ErrorCause under = cause.causedBy();
            // Elasticsearch repeats the inner reason in the outer one more often than not.
            if (under != null
                    && under.reason() != null
                    && !String.valueOf(cause.reason()).contains(under.reason())) {
                reason.append(" (").append(under.reason()).append(')');
            }
        }
        return reason.toString();
    }
}
