package io.wadi.metrics.alerts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.wadi.format.JsonParsers;
import io.wadi.metrics.MetricDocumentException;
import io.wadi.metrics.alerts.AlertRules.Selection;
import io.wadi.metrics.alerts.FieldTree.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A reusable parser that extracts the fields that the rules need. It stops after the last needed field and does not
 * validate the rest. The first of duplicate fields is used; null counts as absent. Not thread-safe.
 */
final class DocumentReader {
    private static final JsonParsers JSON = new JsonParsers(new JsonFactory());

    private final AlertRules rules;
    private final boolean[] found;
    private final String[] texts = new String[AlertRules.TEXTS];
    private final double[] numbers;
    private final String[] wrong;
    private JsonParser json;
    private Selection selection;
    private int missing;

    DocumentReader(AlertRules rules) {
        this.rules = rules;
        int fields = rules.fields().size();
        this.found = new boolean[fields];
        this.numbers = new double[fields];
        this.wrong = new String[fields];
    }

    /**
     * Reads a document.
     *
     * @return null on success, otherwise the error
     */
    String read(byte[] document) {
        try {
            return JSON.parse(ByteBuffer.wrap(document), this::read);
        } catch (JsonProcessingException e) {
            return MetricDocumentException.notJson(e);
        } catch (IOException e) {
            return "not JSON in UTF-8: " + MetricDocumentException.quote(String.valueOf(e.getMessage()));
        }
    }

    private String read(JsonParser parser) throws IOException {
        Arrays.fill(found, false);
        Arrays.fill(texts, null);
        Arrays.fill(wrong, null);
        selection = null;
        json = parser;
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return "found " + (json.currentToken() == null ? "nothing" : MetricDocumentException.found(json))
                    + ", expected a JSON object";
        }
        if (!members(rules.fields().root()) && selection == null) {
            select();
        }
        return null;
    }

    Selection selection() {
        return selection;
    }

    /** Returns whether the field is present, even if it is invalid. */
    boolean has(int slot) {
        return found[slot];
    }

    /** Returns the field's text; null if it is absent or not a string. */
    String text(int slot) {
        return texts[slot];
    }

    /** Returns the field's finite number; undefined if the field is absent or {@link #wrong}. */
    double number(int slot) {
        return numbers[slot];
    }

    /** Returns the error of an invalid field; null if it is valid. */
    String wrong(int slot) {
        return wrong[slot];
    }

    /** Reads an object and returns true once all needed fields are found. */
    private boolean members(Node object) throws IOException {
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            Node member = object.members.get(name);
            JsonToken value = json.nextToken();
            if (member == null) {
                json.skipChildren();
            } else if (value != JsonToken.VALUE_NULL && take(member, value)) {
                return true;
            }
        }
        return false;
    }

    private boolean take(Node member, JsonToken value) throws IOException {
        if (value == JsonToken.START_OBJECT && !member.members.isEmpty()) {
            return members(member);
        }
        int slot = member.slot;
        if (slot >= 0 && !found[slot]) {
            found[slot] = true;
            if (slot < AlertRules.TEXTS) {
                takeText(slot, value);
            } else {
                takeNumber(slot, value);
            }
            json.skipChildren();
            return isEnough(slot);
        }
        json.skipChildren();
        return false;
    }

    private void takeText(int slot, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            texts[slot] = json.getText();
        } else {
            wrong[slot] = "found " + MetricDocumentException.found(json) + ", expected a string";
        }
    }

    private void takeNumber(int slot, JsonToken value) throws IOException {
        double number = value.isNumeric() ? json.getDoubleValue() : Double.NaN;
        numbers[slot] = number;
        if (!Double.isFinite(number)) {
            wrong[slot] = "found " + MetricDocumentException.found(json) + ", expected a finite number";
        }
    }

    private boolean isEnough(int taken) {
        if (selection != null) {
            missing -= selection.needs(taken) ? 1 : 0;
        } else if (found[AlertRules.METRICSET] && (found[AlertRules.DATASET] || !rules.isByDataset())) {
            select();
        }
        return selection != null && missing == 0;
    }

    private void select() {
        selection = rules.selection(texts[AlertRules.METRICSET], texts[AlertRules.DATASET]);
        missing = 0;
        for (int slot = 0; slot < found.length; slot++) {
            missing += selection.needs(slot) && !found[slot] ? 1 : 0;
        }
    }
}
