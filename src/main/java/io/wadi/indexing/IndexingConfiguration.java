package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.setup.Readiness;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.function.Function;

/**
 * The configuration of one endpoint's partitions.
 *
 * @param routeId the id of the route, for dead letters
 * @param documents creates documents from records
 * @param outlet the connection to Elasticsearch
 * @param origins starts the comparison of a topic's {@linkplain io.wadi.indexing.setup.IndexOrigins origin}; the
 *    partition's indexer closes it
 * @param deadLetters creates dead letters of records that cannot be documents
 */
record IndexingConfiguration(
        String routeId,
        DocumentFactory documents,
        BulkSender.Outlet outlet,
        Function<String, Readiness> origins,
        DeadLetterSender deadLetters) {}
