package io.wadi.ingest.schema;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.format.Format;

/**
 * A format of the networknt library that is safe for untrusted text: text beyond a maximum length does not match.
 *
 * @param maxLength maximum length of text in UTF-16 units
 */
record BoundedFormat(Format format, int maxLength) implements Format {
    @Override
    public String getName() {
        return format.getName();
    }

    @Override
    public String getMessageKey() {
        return format.getMessageKey();
    }

    /**
     * Returns whether the text matches the format.
     *
     * @throws CheckLimitException if the stack overflows
     */
    @Override
    public boolean matches(ExecutionContext execution, SchemaContext schema, String text) {
        if (text.length() > maxLength) {
            return false;
        }
        try {
            return format.matches(execution, schema, text);
        } catch (StackOverflowError e) { // Java's matcher recurses for each repetition of a group
            throw new CheckLimitException("checking its format " + getName() + " takes too many steps");
        }
    }
}
