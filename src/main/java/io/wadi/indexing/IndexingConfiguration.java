package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.kafka.deadletter.DeadLetterSender;

/**
 * The configuration of one endpoint's partitions.
 *
 * @param routeId the route that dead letters name
 * @param documents makes documents of records
 * @param outlet the connection to Elasticsearch
 * @param deadLetters writes records that cannot be documents
 */
record IndexingConfiguration(
        String routeId, DocumentFactory documents, BulkSender.Outlet outlet, DeadLetterSender deadLetters) {}
