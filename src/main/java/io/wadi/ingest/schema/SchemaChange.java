package io.wadi.ingest.schema;

import java.util.List;

/**
 * A difference between two schemas by which the later one may reject events that the earlier one accepted.
 *
 * @param effect how certain the rejection is
 * @param pointer the location in an event as a JSON pointer, where {@code *} is any other property or element
 * @param text the values that were allowed at the location, and those that are allowed now
 */
public record SchemaChange(Effect effect, String pointer, String text) {
    /** The certainty that events which were accepted are rejected now. */
    public enum Effect {
        /** The later schema rejects such events. */
        REJECTS,
        /** The later schema rejects such events only if they have a property that the earlier schema did not name. */
        REJECTS_UNNAMED,
        /** The comparison cannot determine whether the later schema rejects such events. */
        UNKNOWN
    }

    /**
     * Compares two schemas of a topic.
     *
     * @param before the text of the earlier schema; if it is invalid, the result is one {@link Effect#UNKNOWN} change
     * @param after the text of the later schema
     * @param formats whether both schemas check formats
     * @return the changes; empty if the later schema accepts all events that the earlier one accepted
     * @throws IllegalArgumentException if the later schema is invalid
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
