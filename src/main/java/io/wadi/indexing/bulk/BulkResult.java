package io.wadi.indexing.bulk;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorCause;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.FailureStoreStatus;
import co.elastic.clients.transport.TransportException;
import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Excerpt;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.apache.http.HttpStatus;
import org.apache.http.conn.ConnectTimeoutException;
import org.elasticsearch.client.ResponseException;

/**
 * The result of a {@link DocumentBatch}.
 *
 * @param bulk the documents that were sent
 * @param items one item for each document, in order; null if the whole request failed
 * @param failure why the request failed; null if there are items
 * @param stored the existing documents with the same sender ids, by the indices of the conflicting items
 */
public record BulkResult(
        DocumentBatch bulk,
        List<BulkResponseItem> items,
        Throwable failure,
        Map<Integer, StoredOrigins.Stored> stored) {
    private static final int MAX_LENGTH = 400;

    /**
     * Maximum length of an item's reason, which quotes values of the document: Elasticsearch does not shorten all of
     * them.
     */
    private static final int MAX_REASON_LENGTH = 1000;

    private static final Set<Integer> LIMITS =
            Set.of(HttpStatus.SC_REQUEST_TOO_LONG, HttpStatus.SC_TOO_MANY_REQUESTS, HttpStatus.SC_REQUEST_TIMEOUT);

    /** The result of a document that an ingest pipeline drops; no other one of the documents to create has it. */
    private static final String DROPPED = "noop";

    private static final String MISSING_INDEX = "index_not_found_exception";

    /** Thrown for a response that is not the result of the request; the message contains the reason. */
    static final class UnexpectedResponseException extends RuntimeException {
        UnexpectedResponseException(String message) {
            super(Excerpt.of(message, MAX_LENGTH));
        }
    }

    /** Returns a result with items; a failure if their number does not match. */
    public static BulkResult of(DocumentBatch bulk, List<BulkResponseItem> items) {
        return items.size() == bulk.size()
                ? new BulkResult(bulk, items, null, Map.of())
                : failed(
                        bulk,
                        new UnexpectedResponseException(
                                "unexpected response of Elasticsearch: sent %d documents, received %d items"
                                        .formatted(bulk.size(), items.size())));
    }

    public static BulkResult failed(DocumentBatch bulk, Throwable failure) {
        return new BulkResult(bulk, null, failure, Map.of());
    }

    /** Returns this result with the documents that some of its items conflict with. */
    public BulkResult with(Map<Integer, StoredOrigins.Stored> found) {
        return new BulkResult(bulk, items, failure, found);
    }

    /** Returns the items that conflict with a document under the same sender's id; none if the request failed. */
    public List<Integer> conflicts() {
        return items == null
                ? List.of()
                : IntStream.range(0, items.size())
                        .filter(this::isConflict)
                        .boxed()
                        .toList();
    }

    private boolean isConflict(int item) {
        return items.get(item).status() == HttpStatus.SC_CONFLICT
                && bulk.documents().get(item).hasSenderId();
    }

    /**
     * Returns whether the whole request failed, except by a limit of size or load. The cluster may have been replaced
     * meanwhile.
     */
    public boolean isOutage() {
        return failure != null && !LIMITS.contains(status());
    }

    /**
     * Returns whether an index of the settings does not exist, and Elasticsearch may not create it for its first
     * document. An index that a document selects by its own time does not count.
     */
    public boolean isIndexMissing() {
        return items != null
                && IntStream.range(0, items.size())
                        .anyMatch(item -> items.get(item).error() != null
                                && MISSING_INDEX.equals(items.get(item).error().type())
                                && !bulk.documents().get(item).selectsIndex());
    }

    /** Returns the HTTP status of a failed request; without a response, one of the constants in {@link BulkOutcome}. */
    int status() {
        int status = BulkOutcome.NO_ANSWER;
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
            if (cause instanceof IOException && !isUnreachable(cause)) {
                status = BulkOutcome.BROKEN;
            }
        }
        return status;
    }

    private static boolean isUnreachable(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof ConnectTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof SSLException
                || (cause.getCause() != null && isUnreachable(cause.getCause()));
    }

    /** Returns why the whole request failed, in one line. */
    String reason() {
        if (failure instanceof UnexpectedResponseException) {
            return failure.getMessage();
        }
        int status = status();
        String message = Causes.inShort(failure);
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ResponseException refused) {
                message = message(refused);
            }
        }
        return status == BulkOutcome.NO_ANSWER || status == BulkOutcome.BROKEN
                ? "no response from Elasticsearch: " + message
                : "Elasticsearch responded %d: %s".formatted(status, message);
    }

    /**
     * Returns Elasticsearch's response to a failed request. The exception's message is the request in one line, then
     * the response.
     */
    private static String message(ResponseException refused) {
        String body = refused.getMessage()
                .lines()
                .skip(1)
                .collect(Collectors.joining(" "))
                .strip();
        String message = body.isEmpty() ? refused.getResponse().getStatusLine().getReasonPhrase() : body;
        return Excerpt.of(String.valueOf(message), MAX_LENGTH);
    }

    /** Returns whether an ingest pipeline has dropped the document of an item, which has a status of success. */
    static boolean isDropped(BulkResponseItem item) {
        return DROPPED.equals(item.result());
    }

    /** Returns Elasticsearch's reason for a failed item, or the location of a document in the failure store. */
    static String reason(BulkResponseItem item) {
        if (isDropped(item)) {
            return "an ingest pipeline dropped the document";
        }
        if (item.failureStore() == FailureStoreStatus.Used) {
            return "the data stream's failure store has the document, its cause in error.message";
        }
        StringBuilder reason = new StringBuilder(Integer.toString(item.status()));
        ErrorCause cause = item.error();
        if (cause != null) {
            reason.append(' ')
                    .append(cause.type())
                    .append(": ")
                    .append(Excerpt.of(String.valueOf(cause.reason()), MAX_REASON_LENGTH));
            ErrorCause under = cause.causedBy();
            // Elasticsearch usually repeats the inner reason in the outer one.
            if (under != null
                    && under.reason() != null
                    && !String.valueOf(cause.reason()).contains(under.reason())) {
                reason.append(" (")
                        .append(Excerpt.of(under.reason(), MAX_REASON_LENGTH))
                        .append(')');
            }
        }
        return reason.toString();
    }
}
