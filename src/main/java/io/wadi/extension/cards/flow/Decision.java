package io.wadi.extension.cards.flow;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.wadi.extension.cards.Payment;
import io.wadi.extension.cards.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import org.apache.camel.util.function.ThrowingConsumer;

/** Writes decisions and alerts as JSON. */
final class Decision {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();
    private static final double DIGITS = 1e4;

    private Decision() {}

    private static byte[] object(ThrowingConsumer<JsonGenerator, IOException> fields) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            fields.accept(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing JSON to a byte array failed", e);
        }
        return bytes.toByteArray();
    }

    private static void head(JsonGenerator json, Payment payment) throws IOException {
        json.writeStringField("payment", payment.id());
        json.writeStringField("card", payment.card());
    }

    private static void score(JsonGenerator json, BoundModel model, double score) throws IOException {
        if (model != null) {
            json.writeNumberField("score", rounded(score));
            json.writeNumberField("model", model.version());
        }
    }

    private static double rounded(double value) {
        return Math.round(value * DIGITS) / DIGITS;
    }

    /** Returns a decision; {@code model} may be null. */
    static byte[] json(Payment payment, boolean isReview, BoundModel model, double score) {
        return object(json -> {
            head(json, payment);
            json.writeStringField("decision", isReview ? "review" : "accept");
            score(json, model, score);
        });
    }

    /** Returns an alert with the violated rules and the features of the highest weight; {@code model} may be null. */
    static byte[] alert(Payment payment, double[] features, List<Rule> broken, BoundModel model, double score) {
        return object(json -> {
            head(json, payment);
            json.writeStringField("at", Instant.ofEpochMilli(payment.at()).toString());
            json.writeNumberField("amount", payment.amount());
            json.writeStringField("country", payment.country());
            score(json, model, score);
            json.writeArrayFieldStart("rules");
            for (Rule each : broken) {
                json.writeStartObject();
                json.writeStringField("rule", each.label());
                json.writeStringField("feature", each.feature().label());
                json.writeNumberField("value", rounded(each.feature().of(features)));
                json.writeEndObject();
            }
            json.writeEndArray();
            if (model != null) {
                json.writeNumberField("threshold", rounded(model.threshold()));
                reasons(json, model.reasons(features));
            }
        });
    }

    private static void reasons(JsonGenerator json, List<BoundModel.Reason> reasons) throws IOException {
        json.writeArrayFieldStart("reasons");
        for (BoundModel.Reason each : reasons) {
            json.writeStartObject();
            json.writeStringField("feature", each.feature().label());
            json.writeNumberField("value", rounded(each.value()));
            json.writeNumberField("weight", rounded(each.weight()));
            json.writeStringField("meaning", each.feature().meaning());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
