package io.wadi.ingest.schema;

import java.util.List;

/**
 * What a changed schema no longer takes, although the one before did.
 *
 * @param effect how sure that is
 * @param pointer the place in an event as a JSON pointer; {@code *} in it is any other property or element
 * @param text what was allowed there and what is now
 */
public record SchemaChange(Effect effect, String pointer, String text) {
    /** How sure it is that events which were taken are refused now. */
    public enum Effect {
        /** There are such events. */
        REFUSES,
        /** Only such that have something which the schema before had not named. */
        REFUSES_UNNAMED,
        /** It is not known. */
        CANNOT_BE_JUDGED
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
            return List.of(new SchemaChange(
                    Effect.CANNOT_BE_JUDGED, "", "the schema before cannot be read: " + e.getMessage()));
        }
        return earlier.source().equals(later.source()) ? List.of() : new SchemaComparison().compare(earlier, later);
    }

    @Override
    public String toString() {
        String where = pointer.isEmpty() ? "" : pointer + ": ";
        return switch (effect) {
            case REFUSES -> where + text;
            case REFUSES_UNNAMED -> where + text + " (it was not named before)";
            case CANNOT_BE_JUDGED -> where + text + ": whether this refuses what was taken cannot be judged";
        };
    }
}
