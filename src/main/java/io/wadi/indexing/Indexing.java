package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.kafka.deadletter.DeadLetters;

/**
 * How the partitions of one endpoint are indexed.
 *
 * @param routeId the route, as dead letters name it
 * @param documents makes records documents
 * @param outlet the way to Elasticsearch
 * @param deadLetters writes letters of records that cannot be documents
 */
record Indexing(String routeId, DocumentFactory documents, BulkSender.Outlet outlet, DeadLetters deadLetters) {}
