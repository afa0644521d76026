package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * A record between its bytes and where it goes. Times are ISO-8601 texts, decimals numbers of any length, bytes Base64.
 *
 * @param json the fields, in their order; changed in place
 * @param types what the fields are, where their values alone do not say; changed in place
 */
public record Fields(ObjectNode json, Map<String, FieldType> types) {
    /** The field of a record that is one text. */
    public static final String VALUE = "value";

    /** None yet. */
    public static Fields none() {
        return new Fields(JsonNodeFactory.instance.objectNode(), new HashMap<>());
    }

    /** These, of which nothing more is known. */
    static Fields of(ObjectNode json) {
        return new Fields(json, new HashMap<>());
    }
}
