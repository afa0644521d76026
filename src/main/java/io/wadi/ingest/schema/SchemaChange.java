package io.wadi.ingest.schema;

import java.util.List;

/**
 * A difference between schemas: what the later one rejects and the earlier one accepted.
 *
 * @param effect how sure that is
 * @param pointer the place in an event as a JSON pointer; {@code *} in it is any other property or element
 * @param text what was allowed there and what is now
 */
public record SchemaChange(Effect effect, String pointer, String text) {
    /** Whether events that were accepted are rejected now. */
    public enum Effect {
        /** Such events exist. */
        REJECTS,
        /** Only events with a property that the earlier schema did not name. */
        REJECTS_UNNAMED,
        UNKNOWN
    }

    /**
     * Compares two schemas of a topic.
     *
     * @param before the earlier one's text; where it is no schema, nothing can be judged
     * @param after the later one's text
     * @param formats whether they are checked, in both
     * @return what the later one may refuse that the earlier one took; nothing where it takes all of that
     * @throws IllegalArgumentException where the later one is no schema
     */
    public static List<SchemaChange> between(String before, String after, boolean formats) {
        EventSchema later = EventSchema.compile(after, formats);
        EventSchema earlier;
        try {
            earlier = EventSchema.compile(before, formats);
        } catch (IllegalArgumentException e) {
            return List.of(new SchemaChange(Effect.UNKNOWN, "", "the earlier schema is invalid: " + e.getMessage()));
        }
        return earlier.source().equals(later.source()) ? List.of() : new SchemaComparison().compare(earlier, later);
    }

    @Override
    public String toString() {
        String where = pointer.isEmpty() ? "" : pointer + ": ";
        return switch (effect) {
            case REJECTS -> where + text;
            case REJECTS_UNNAMED -> where + text + " (the earlier schema did not name it)";
            case UNKNOWN -> where + text + ": whether this rejects events accepted before is unknown";
        };
    }
}
