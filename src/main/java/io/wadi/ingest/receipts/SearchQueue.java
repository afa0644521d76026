package io.wadi.ingest.receipts;

import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The queue of questions that are ready for the search. A search contains one receipt of each client in turn, up to a
 * number of receipts, so that no client delays another one for longer than its part of a search. Questions can be
 * removed until their search begins. Thread-safe.
 */
final class SearchQueue {
    private final int maxReceipts;
    /** The questions by client; the client that was served last is at the end. */
    private final Map<Object, Set<Question>> byClient = new LinkedHashMap<>();

    SearchQueue(int maxReceipts) {
        this.maxReceipts = maxReceipts;
    }

    /** One receipt of a question. */
    private record Wanted(Question question, Receipt receipt) {}

    synchronized void add(Question question) {
        byClient.computeIfAbsent(question.client(), client -> new LinkedHashSet<>())
                .add(question);
        notifyAll();
    }

    synchronized void remove(Question question) {
        byClient.computeIfPresent(question.client(), (client, questions) -> {
            questions.remove(question);
            return questions.isEmpty() ? null : questions;
        });
    }

    /** Waits for questions, and returns the receipts of the next search; their questions remain in the queue. */
    synchronized Map<Question, Set<Receipt>> next() throws InterruptedException {
        while (byClient.isEmpty()) {
            wait();
        }
        Map<Question, Set<Receipt>> search = new LinkedHashMap<>();
        Map<Object, Iterator<Wanted>> turns = new LinkedHashMap<>();
        byClient.forEach((client, questions) -> turns.put(client, wanted(questions)));
        Set<Receipt> receipts = new HashSet<>();
        while (!turns.isEmpty() && receipts.size() < maxReceipts) {
            turns.values().removeIf(turn -> !turn.hasNext());
            for (Map.Entry<Object, Iterator<Wanted>> turn : turns.entrySet()) {
                if (receipts.size() == maxReceipts) {
                    break;
                }
                Wanted next = turn.getValue().next();
                receipts.add(next.receipt());
                search.computeIfAbsent(next.question(), question -> new HashSet<>())
                        .add(next.receipt());
            }
        }
        search.keySet().forEach(question -> byClient.put(question.client(), byClient.remove(question.client())));
        return search;
    }

    private static Iterator<Wanted> wanted(Collection<Question> questions) {
        return questions.stream()
                .flatMap(question -> question.missing().map(receipt -> new Wanted(question, receipt)))
                .iterator();
    }
}
