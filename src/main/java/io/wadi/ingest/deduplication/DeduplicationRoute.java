package io.wadi.ingest.deduplication;

import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;

/**
 * The route {@code deduplication}: moves the first event of each id from the inboxes of deduplicated topics to these
 * topics.
 *
 * <pre>
 *   in      &lt;topic&gt;.inbox of each topic with deduplicate in topics.yaml; the key is the event's id
 *   out     &lt;topic&gt;, with the event's own key, partition and time; &lt;topic&gt;.receipts, an answer for each event
 *   config  wadi.deduplication.consumers     number of consumer threads; 0: the route does not run
 *           wadi.deduplication.group         the consumer group
 *           wadi.deduplication.max-records   maximum number of events of a poll
 *           wadi.deduplication.max-ids       maximum number of ids within their windows
 *   once    exactly once: the events, answers and offsets of one or two polls are one transaction per inbox
 *   errors  Kafka unavailable: retried, ingest answers 503
 *           an event that Kafka rejects: its sender receives the reason
 *           a record in an inbox that ingest has not written: dead letter
 *   test    DeduplicationIT, DeduplicationKilledIT
 * </pre>
 */
final class DeduplicationRoute extends RouteBuilder {
    static final String ID = "deduplication";

    private final String inboxes;
    private final Processor deduplicate;

    /**
     * Creates the route.
     *
     * @param inboxes the names of the inboxes, separated by commas
     * @param deduplicate the step for a batch of their records
     */
    DeduplicationRoute(String inboxes, Processor deduplicate) {
        this.inboxes = inboxes;
        this.deduplicate = deduplicate;
    }

    @Override
    public void configure() {
        from("kafka:" + inboxes + "?kafkaClientFactory=#record-batches&groupId={{"
                        + DeduplicationSettings.GROUP.name() + "}}&consumersCount={{"
                        + DeduplicationSettings.CONSUMERS.name() + "}}&maxPollRecords={{"
                        + DeduplicationSettings.MAX_RECORDS.name() + "}}")
                .routeId(ID)
                .routeDescription("Deduplicate events by their ids")
                .errorHandler(noErrorHandler()) // the consumer redelivers a failed batch
                .process(deduplicate)
                .id("deduplicate");
    }
}
