package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.matching;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Aggregation;
import io.wadi.streams.definition.Aggregation.Kind;
import io.wadi.streams.definition.Aggregations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

record AggregationParser(ExpressionParser expressions) {
    private static final String AGGREGATE = "aggregate";
    private static final String FIELDS = "fields such as orders: {count: true}";
    static final List<String> KINDS =
            Arrays.stream(Kind.values()).map(Kind::word).toList();

    static boolean isAggregate(String word) {
        return word.equals(AGGREGATE) || KINDS.contains(word);
    }

    /** Parses the aggregations of a step; empty after a mistake, which is recorded. */
    Optional<Aggregations> aggregations(YamlFields fields, String word, StepContext context) {
        if (!word.equals(AGGREGATE)) {
            return aggregation(fields, word, word, context).map(each -> new Aggregations(List.of(each), false));
        }
        return fields.requiredMapping(word, FIELDS).map(all -> {
            List<Aggregation> aggregations = new ArrayList<>();
            for (String field : all.names()) {
                all.requiredMapping(field, "one of " + String.join(", ", KINDS)).ifPresent(each -> {
                    List<String> words = each.names();
                    if (words.size() == 1 && KINDS.contains(words.get(0))) {
                        aggregation(each, words.get(0), field, context).ifPresent(aggregations::add);
                    } else {
                        each.refuse("is %s, expected one of %s"
                                .formatted(String.join(", ", words), String.join(", ", KINDS)));
                    }
                });
            }
            if (all.names().isEmpty()) {
                all.refuse("is empty, expected " + FIELDS);
            }
            return new Aggregations(aggregations, true);
        });
    }

    private Optional<Aggregation> aggregation(YamlFields fields, String word, String field, StepContext context) {
        Kind kind = Kind.valueOf(word.toUpperCase(Locale.ROOT));
        if (kind != Kind.COUNT) {
            return expressions.expression(fields, word, context).map(of -> new Aggregation(field, kind, of));
        }
        fields.value(word, "true", true, text -> matching(text, "true").equals("true"));
        return Optional.of(new Aggregation(field, kind, null));
    }
}
