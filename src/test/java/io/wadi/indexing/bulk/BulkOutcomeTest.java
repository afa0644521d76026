package io.wadi.indexing.bulk;

import static io.wadi.indexing.bulk.BulkOutcome.AGAIN;
import static io.wadi.indexing.bulk.BulkOutcome.DONE;
import static io.wadi.indexing.bulk.BulkOutcome.REFUSED;
import static io.wadi.indexing.bulk.BulkOutcome.TOO_LARGE;
import static io.wadi.indexing.bulk.BulkOutcome.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Statuses, types and reasons as Elasticsearch 8.19 returns them. */
final class BulkOutcomeTest {
    static Stream<Arguments> items() {
        return Stream.of(
                arguments(201, null, null, DONE, "created"),
                arguments(200, null, null, DONE, "taken, whatever the operation"),
                arguments(
                        409,
                        "version_conflict_engine_exception",
                        "[3]: version conflict, document already exists (current version [1])",
                        DONE,
                        "was there already"),
                arguments(
                        429,
                        "es_rejected_execution_exception",
                        "rejected execution of coordinating operation",
                        AGAIN,
                        "the queue is full"),
                arguments(429, "circuit_breaking_exception", "[parent] Data too large", AGAIN, "the heap is full"),
                arguments(
                        429,
                        "cluster_block_exception",
                        "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark]",
                        WAIT,
                        "the disk is full"),
                arguments(
                        403,
                        "cluster_block_exception",
                        "index [a] blocked by: [FORBIDDEN/8/index write (api)];",
                        WAIT,
                        "somebody has made the index read-only"),
                arguments(403, "security_exception", "action [indices:data/write/bulk[s]]", WAIT, "no right to write"),
                arguments(401, "security_exception", "unable to authenticate", WAIT, "no identity"),
                arguments(404, "index_not_found_exception", "no such index [a]", WAIT, "may not be created by itself"),
                arguments(503, "unavailable_shards_exception", "primary shard is not active", AGAIN, "a shard is away"),
                arguments(500, "illegal_state_exception", null, AGAIN, "a fault of the server"),
                arguments(400, "index_closed_exception", "closed", WAIT, "somebody has closed the index"),
                arguments(400, "invalid_index_name_exception", "Invalid index name [A]", WAIT, "a mistake in settings"),
                arguments(
                        400,
                        "validation_exception",
                        "this action would add [2] shards, but this cluster currently has [1000]/[1000] maximum",
                        WAIT,
                        "the cluster may have no more shards"),
                arguments(
                        400,
                        "illegal_argument_exception",
                        "no write index is defined for alias [a].",
                        WAIT,
                        "the alias is not complete"),
                arguments(
                        400,
                        "illegal_argument_exception",
                        "pipeline with id [x] does not exist",
                        WAIT,
                        "it is missing"),
                arguments(
                        400,
                        "illegal_argument_exception",
                        "unknown index sort field:[time]",
                        WAIT,
                        "the template of the next index is wrong"),
                arguments(
                        400,
                        "illegal_argument_exception",
                        "Number of documents in the shard cannot exceed [2147483519]; for more information, see [url]",
                        WAIT,
                        "the index needs more shards"),
                arguments(
                        400,
                        "routing_missing_exception",
                        "routing is required for [a]/[t+0+1]",
                        WAIT,
                        "the mapping requires what no document has"),
                arguments(
                        400,
                        "document_parsing_exception",
                        "[1:14] failed to parse field [timestamp] of type [date] in document with id '2'",
                        REFUSED,
                        "a mapping conflict"),
                arguments(
                        400,
                        "strict_dynamic_mapping_exception",
                        "mapping set to strict, dynamic introduction of [b] within [_doc] is not allowed",
                        REFUSED,
                        "an unknown field"),
                arguments(
                        400,
                        "illegal_argument_exception",
                        "Document contains at least one immense term in field=\"a\"",
                        REFUSED,
                        "too long a word"),
                arguments(
                        500,
                        "fail_processor_exception",
                        "amount is required",
                        REFUSED,
                        "a pipeline rejects the document"),
                arguments(
                        500,
                        "runtime_exception",
                        "grok pattern matching was interrupted after [1000] ms",
                        REFUSED,
                        "a pipeline's pattern takes too long on the document"),
                arguments(400, "a_type_of_tomorrow", null, REFUSED, "400 means the document"),
                arguments(413, null, null, REFUSED, "the document is too large"),
                arguments(422, null, null, REFUSED, "another 4xx means the document"));
    }

    @ParameterizedTest(name = "{0} {1}: {4}")
    @MethodSource("items")
    void itemStatus_determinesTheOutcome(int status, String type, String reason, BulkOutcome expected, String because) {
        assertThat(BulkOutcome.ofItem(status, type, reason)).as(because).isEqualTo(expected);
    }

    static Stream<Arguments> requests() {
        return Stream.of(
                arguments(BulkOutcome.NO_ANSWER, WAIT, "away"),
                arguments(
                        BulkOutcome.BROKEN,
                        AGAIN,
                        "too slow, or closed while it was being sent, as for want of memory"),
                arguments(400, WAIT, "no document can be the cause, each was looked at"),
                arguments(401, WAIT, "a wrong password"),
                arguments(403, WAIT, "no right, or the cluster is read-only"),
                arguments(404, WAIT, "not Elasticsearch, or a proxy without a way"),
                arguments(408, AGAIN, "too slow"),
                arguments(413, TOO_LARGE, "more than the server or a proxy takes"),
                arguments(429, AGAIN, "overloaded"),
                arguments(500, AGAIN, "a fault of the server"),
                arguments(502, AGAIN, "a proxy that does not reach it"),
                arguments(503, AGAIN, "starting, or without a master"),
                arguments(504, AGAIN, "a proxy that did not wait"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("requests")
    void requestStatus_determinesTheOutcome(int status, BulkOutcome expected, String because) {
        assertThat(BulkOutcome.ofRequest(status)).as(because).isEqualTo(expected);
    }
}
