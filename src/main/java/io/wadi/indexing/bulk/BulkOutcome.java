package io.wadi.indexing.bulk;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.http.HttpStatus;

/**
 * The outcome of a document in a {@code _bulk} response. An invalid document becomes a dead letter; if Elasticsearch or
 * its configuration is at fault, the document is retried without limit.
 */
public enum BulkOutcome {
    /** The document is indexed. */
    DONE,
    /** Retry in smaller requests: Elasticsearch is overloaded. */
    AGAIN,
    /** Retry: Elasticsearch is unavailable, or an operator has to correct its configuration. */
    WAIT,
    /** The document is rejected permanently. */
    REFUSED,
    /** The request is too large: its documents are sent in smaller ones; a single document becomes a dead letter. */
    TOO_LARGE;

    /** The status of a request that could not be sent. */
    static final int NO_ANSWER = -1;

    /** The status of a request without a complete response before the timeout. */
    static final int BROKEN = -2;

    /** Error types with status 400 that concern the index or the cluster, not the document. */
    private static final Set<String> CONFIGURATION_ERROR_TYPES = Set.of(
            "index_closed_exception",
            "invalid_index_name_exception",
            "invalid_alias_name_exception",
            // The mapping requires a routing, which no document has.
            "routing_missing_exception",
            // The cluster's limit of shards prevents a new index.
            "validation_exception");

    /**
     * Prefixes of reasons with status 400 that concern the index or the cluster, although their type can concern
     * documents.
     */
    private static final Set<String> CONFIGURATION_ERROR_REASONS = Set.of(
            "no write index is defined for alias",
            "pipeline with id [",
            "alias [",
            "index template [",
            // The settings of a new index sort by a field that the mapping does not have, or that cannot be sorted by.
            "unknown index sort field:[",
            "docvalues not found for index sort field:[",
            "invalid index sort field:[",
            // A shard has Lucene's maximum of 2,147,483,519 documents.
            "Number of documents in the ");

    /** The type with status 500 of a document that an ingest pipeline rejects by its processor {@code fail}. */
    private static final String REJECTED_BY_PIPELINE = "fail_processor_exception";

    /** Prefix of the reason with status 500 for a text on which a pattern of an ingest pipeline takes too long. */
    private static final String PATTERN_TIMEOUT = "grok pattern matching was interrupted";

    /**
     * The size of a rejected request, and the maximum size of all requests that a node processes together: the node
     * that receives the request, or that of a primary shard. Earlier versions of 8.x have one name for both limits. A
     * replica's rejection fails the replica, not the document.
     */
    private static final Pattern MEMORY = Pattern.compile("(coordinating|primary)_operation_bytes=(\\d{1,18}),"
            + " max_(?:\\1|coordinating_and_primary)_bytes=(\\d{1,18})\\D");

    /**
     * Returns whether Elasticsearch rejects a request with status 429 at each attempt: it alone exceeds
     * {@code indexing_pressure.memory.limit}, by default a tenth of a node's heap.
     *
     * @param reason the reason of the error of the request or, if a shard's node rejects it, of its items; or null
     */
    static boolean exceedsMemory(String reason) {
        Matcher sizes = MEMORY.matcher(String.valueOf(reason));
        return sizes.find() && Long.parseLong(sizes.group(2)) > Long.parseLong(sizes.group(3));
    }

    /**
     * Returns the outcome of an item in the response to a {@code _bulk} request.
     *
     * @param status as in HTTP
     * @param type the type of the error, or null
     * @param reason the reason of the error, or null
     */
    public static BulkOutcome ofItem(int status, String type, String reason) {
        if ((status >= HttpStatus.SC_OK && status < HttpStatus.SC_MULTIPLE_CHOICES)
                || status == HttpStatus.SC_CONFLICT) {
            return DONE; // 409: the document exists already, from an earlier attempt.
        }
        if ("cluster_block_exception".equals(type)) {
            return WAIT; // Read-only, by an operator (403) or a full disk (429): smaller requests do not help.
        }
        if (REJECTED_BY_PIPELINE.equals(type) || (reason != null && reason.startsWith(PATTERN_TIMEOUT))) {
            return REFUSED;
        }
        return switch (status) {
            case HttpStatus.SC_TOO_MANY_REQUESTS, HttpStatus.SC_REQUEST_TIMEOUT -> AGAIN;
            case HttpStatus.SC_UNAUTHORIZED, HttpStatus.SC_FORBIDDEN, HttpStatus.SC_NOT_FOUND -> WAIT;
            case HttpStatus.SC_BAD_REQUEST -> isConfigurationError(type, reason) ? WAIT : REFUSED;
            default -> status >= HttpStatus.SC_INTERNAL_SERVER_ERROR ? AGAIN : REFUSED;
        };
    }

    /**
     * Returns whether an item was rejected because its index does not exist, is read-only or closed, or because of a
     * configuration error, such as a limit of shards that prevents a new index. The error of a read-only cluster, such
     * as during maintenance, has the same type as that of a read-only index, but does not count.
     */
    static boolean isOfIndex(int status, String type, String reason) {
        return status == HttpStatus.SC_NOT_FOUND
                || (status == HttpStatus.SC_FORBIDDEN
                        && "cluster_block_exception".equals(type)
                        && !String.valueOf(reason).contains("/cluster read-only"))
                || (status == HttpStatus.SC_BAD_REQUEST && isConfigurationError(type, reason));
    }

    private static boolean isConfigurationError(String type, String reason) {
        return CONFIGURATION_ERROR_TYPES.contains(String.valueOf(type))
                || (reason != null && CONFIGURATION_ERROR_REASONS.stream().anyMatch(reason::startsWith));
    }

    /**
     * Returns the outcome of all documents of a failed request. The only possible fault of the documents is their size,
     * since each is a JSON object in one line with an index and an id.
     *
     * @param status as in HTTP, or {@link #NO_ANSWER} or {@link #BROKEN}
     */
    static BulkOutcome ofRequest(int status) {
        return switch (status) {
            case HttpStatus.SC_REQUEST_TOO_LONG -> TOO_LARGE;
            case HttpStatus.SC_TOO_MANY_REQUESTS, HttpStatus.SC_REQUEST_TIMEOUT, BROKEN -> AGAIN;
            case NO_ANSWER -> WAIT;
            default -> status >= HttpStatus.SC_INTERNAL_SERVER_ERROR ? AGAIN : WAIT;
        };
    }
}
