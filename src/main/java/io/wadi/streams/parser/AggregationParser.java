package io.wadi.streams.parser;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Aggregation;
import io.wadi.streams.definition.Aggregation.Kind;
import io.wadi.streams.definition.Aggregations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads what is counted up. */
final class AggregationParser {
    private static final String AGGREGATE = "aggregate";
    /** The words of the kinds. */
    static final List<String> KINDS =
            Arrays.stream(Kind.values()).map(Kind::word).toList();

    private final ExpressionParser formulas;

    AggregationParser(ExpressionParser formulas) {
        this.formulas = formulas;
    }

    /** Whether a step of this word counts something up. */
    static boolean isAggregate(String word) {
        return word.equals(AGGREGATE) || KINDS.contains(word);
    }

    /** That of a step; nothing where there is a mistake, which is noted. */
    Optional<Aggregations> totals(YamlFields fields, String word) {
        if (!word.equals(AGGREGATE)) {
            return total(fields, word, word).map(total -> new Aggregations(List.of(total), false));
        }
        return fields.mapping(word).map(all -> {
            List<Aggregation> totals = new ArrayList<>();
            for (String field : all.words()) {
                all.mapping(field).ifPresent(each -> {
                    List<String> words = each.words();
                    if (words.size() == 1 && KINDS.contains(words.get(0))) {
                        total(each, words.get(0), field).ifPresent(totals::add);
                    } else {
                        each.refuse("is %s, allowed is one of %s"
                                .formatted(String.join(", ", words), String.join(", ", KINDS)));
                    }
                });
            }
            if (all.words().isEmpty()) {
                all.refuse("is empty, allowed are fields such as orders: {count: true}");
            }
            return new Aggregations(totals, true);
        });
    }

    private Optional<Aggregation> total(YamlFields fields, String word, String field) {
        Kind kind = Kind.valueOf(word.toUpperCase(Locale.ROOT));
        if (kind != Kind.COUNT) {
            return formulas.formula(fields, word).map(of -> new Aggregation(field, kind, of));
        }
        fields.value(
                word, "true", true, text -> FieldValues.matching(text, "true").equals("true"));
        return Optional.of(new Aggregation(field, kind, null));
    }
}
