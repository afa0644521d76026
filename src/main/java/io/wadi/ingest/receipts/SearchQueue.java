package io.wadi.ingest.receipts;

import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The queue of queries that are ready for the search. A search contains one receipt of each client in turn, up to a
 * number of receipts, so that no client delays another one for longer than its part of a search. Queries can be
 * removed until their search begins. Thread-safe.
 */
final class SearchQueue {
    private final int maxReceipts;
    /** The queries by client; the client that was served last is at the end. */
    private final Map<Object, Set<ReceiptQuery>> byClient = new LinkedHashMap<>();

    SearchQueue(int maxReceipts) {
        this.maxReceipts = maxReceipts;
    }

    private record Wanted(ReceiptQuery query, Receipt receipt) {}

    synchronized void add(ReceiptQuery query) {
        byClient.computeIfAbsent(query.client(), client -> new LinkedHashSet<>())
                .add(query);
        notifyAll();
    }

    synchronized void remove(ReceiptQuery query) {
        byClient.computeIfPresent(query.client(), (client, queries) -> {
            queries.remove(query);
            return queries.isEmpty() ? null : queries;
        });
    }

    /** Waits for queries, and returns the receipts of the next search; their queries remain in the queue. */
    synchronized Map<ReceiptQuery, Set<Receipt>> next() throws InterruptedException {
        while (byClient.isEmpty()) {
            wait();
        }
        Map<ReceiptQuery, Set<Receipt>> search = new LinkedHashMap<>();
        Map<Object, Iterator<Wanted>> turns = new LinkedHashMap<>();
        byClient.forEach((client, queries) -> turns.put(client, wanted(queries)));
        Set<Receipt> receipts = new HashSet<>();
        while (!turns.isEmpty() && receipts.size() < maxReceipts) {
            turns.values().removeIf(turn -> !turn.hasNext());
            for (Map.Entry<Object, Iterator<Wanted>> turn : turns.entrySet()) {
                if (receipts.size() == maxReceipts) {
                    break;
                }
                Wanted next = turn.getValue().next();
                receipts.add(next.receipt());
                search.computeIfAbsent(next.query(), query -> new HashSet<>()).add(next.receipt());
            }
        }
        search.keySet().forEach(query -> byClient.put(query.client(), byClient.remove(query.client())));
        return search;
    }

    private static Iterator<Wanted> wanted(Collection<ReceiptQuery> queries) {
        return queries.stream()
                .flatMap(query -> query.missing().map(receipt -> new Wanted(query, receipt)))
                .iterator();
    }
}
