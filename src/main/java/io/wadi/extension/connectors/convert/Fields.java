package io.wadi.extension.connectors.convert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;

/**
 * The fields of a record, independent of its format. Times are ISO-8601 strings, decimals numbers of any length, bytes Base64.
 *
 * @param json the fields, in their order; changed in place
 * @param types types of fields that their values do not determine; changed in place
 */
public record Fields(ObjectNode json, Map<String, FieldType> types) {
    /** The field of a record that is one string. */
    public static final String VALUE = "value";

    /** Creates an empty record. */
    public static Fields none() {
        return new Fields(JsonNodeFactory.instance.objectNode(), new HashMap<>());
    }

    /** Creates a record of fields without further types. */
    static Fields of(ObjectNode json) {
        return new Fields(json, new HashMap<>());
    }
}
