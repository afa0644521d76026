package io.wadi.management.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.records.RecordText;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The newest of the records that are added: so many, and together so many characters, at most. */
final class NewestRecords {
    private final Comparator<ObjectNode> oldestFirst;
    private final int most;
    private final long mostCharacters;
    private final PriorityQueue<ObjectNode> kept;
    private long characters;

    NewestRecords(Comparator<ObjectNode> oldestFirst, int most, long mostCharacters) {
        this.oldestFirst = oldestFirst;
        this.most = most;
        this.mostCharacters = mostCharacters;
        this.kept = new PriorityQueue<>(oldestFirst);
    }

    void add(ObjectNode record) {
        kept.add(record);
        characters += RecordText.characters(record);
        while (kept.size() > most || (characters > mostCharacters && kept.size() > 1)) {
            characters -= RecordText.characters(kept.remove());
        }
    }

    List<ObjectNode> newestFirst() {
        return kept.stream().sorted(oldestFirst.reversed()).toList();
    }
}
