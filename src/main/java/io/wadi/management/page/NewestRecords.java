package io.wadi.management.page;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToIntFunction;

/** Keeps the newest of the added elements, limited by their number and by their total number of characters. */
final class NewestRecords<T> {
    private final Comparator<T> oldestFirst;
    private final ToIntFunction<T> length;
    private final int limit;
    private final long maxCharacters;
    private final PriorityQueue<T> kept;
    private long characters;
    private boolean isFull;

    NewestRecords(Comparator<T> oldestFirst, ToIntFunction<T> length, int limit, long maxCharacters) {
        this.oldestFirst = oldestFirst;
        this.length = length;
        this.limit = limit;
        this.maxCharacters = maxCharacters;
        this.kept = new PriorityQueue<>(oldestFirst);
    }

    void add(T element) {
        kept.add(element);
        characters += length.applyAsInt(element);
        while (kept.size() > limit || (characters > maxCharacters && kept.size() > 1)) {
            characters -= length.applyAsInt(kept.remove());
            isFull = true;
        }
        isFull |= kept.size() == limit;
    }

    /** Returns the oldest kept element; null if older elements can still be added. */
    T oldest() {
        return isFull ? kept.peek() : null;
    }

    List<T> newestFirst() {
        return kept.stream().sorted(oldestFirst.reversed()).toList();
    }
}
