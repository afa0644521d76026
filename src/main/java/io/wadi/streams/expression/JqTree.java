package io.wadi.streams.expression;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.thisptr.jackson.jq.Expression;
import net.thisptr.jackson.jq.internal.operators.BinaryOperator;
import net.thisptr.jackson.jq.internal.operators.EqualOperator;
import net.thisptr.jackson.jq.internal.operators.GreaterEqualOperator;
import net.thisptr.jackson.jq.internal.operators.GreaterOperator;
import net.thisptr.jackson.jq.internal.operators.LessEqualOperator;
import net.thisptr.jackson.jq.internal.operators.LessOperator;
import net.thisptr.jackson.jq.internal.operators.MinusOperator;
import net.thisptr.jackson.jq.internal.operators.ModuloOperator;
import net.thisptr.jackson.jq.internal.operators.MultiplyOperator;
import net.thisptr.jackson.jq.internal.operators.NotEqualOperator;
import net.thisptr.jackson.jq.internal.operators.PlusOperator;
import net.thisptr.jackson.jq.internal.tree.FormattingFilter;
import net.thisptr.jackson.jq.internal.tree.FunctionCall;
import net.thisptr.jackson.jq.internal.tree.FunctionDefinition;
import net.thisptr.jackson.jq.internal.tree.VariableAccess;
import net.thisptr.jackson.jq.internal.tree.VariableKeyFieldConstruction;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ObjectMatcher;
import net.thisptr.jackson.jq.internal.tree.matcher.matchers.ValueMatcher;

/**
 * The syntax tree of a compiled jq query, read by reflection: the library has no option to replace operators, and
 * returns neither the variables nor the functions of a query.
 */
final class JqTree {
    private static final String LIBRARY = Expression.class.getPackageName();

    private static final Map<Class<?>, BinaryOperator> REPLACEMENTS = Map.of(
            MultiplyOperator.class,
            LimitedOperator.TIMES,
            PlusOperator.class,
            LimitedOperator.PLUS,
            MinusOperator.class,
            ExactOperator.MINUS,
            ModuloOperator.class,
            new ExactModulo(),
            EqualOperator.class,
            new ExactOrder.Comparison("==", order -> order == 0),
            NotEqualOperator.class,
            new ExactOrder.Comparison("!=", order -> order != 0),
            LessOperator.class,
            new ExactOrder.Comparison("<", order -> order < 0),
            LessEqualOperator.class,
            new ExactOrder.Comparison("<=", order -> order <= 0),
            GreaterOperator.class,
            new ExactOrder.Comparison(">", order -> order > 0),
            GreaterEqualOperator.class,
            new ExactOrder.Comparison(">=", order -> order >= 0));

    private final Set<Object> parts = Collections.newSetFromMap(new IdentityHashMap<>());

    private JqTree() {}

    /**
     * Reads a query or function, or a collection of them, and replaces their operators with limited and exact ones.
     *
     * @throws IllegalStateException if the library does not permit it
     */
    static JqTree limit(Object root) {
        JqTree tree = new JqTree();
        try {
            tree.add(root);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot replace jq's operators: " + e.getMessage(), e);
        }
        return tree;
    }

    private void add(Object part) throws IllegalAccessException {
        if (part instanceof Collection<?> all) {
            for (Object each : all) {
                add(each);
            }
        } else if (part != null && part.getClass().getName().startsWith(LIBRARY) && parts.add(part)) {
            for (Class<?> type = part.getClass(); type != Object.class; type = type.getSuperclass()) {
                addFields(part, type);
            }
        }
    }

    private void addFields(Object part, Class<?> type) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) || !type.getName().startsWith(LIBRARY)) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(part);
            BinaryOperator replacement = value == null ? null : REPLACEMENTS.get(value.getClass());
            if (replacement == null) {
                add(value);
            } else {
                field.set(part, replacement);
            }
        }
    }

    /** Returns whether the query uses a variable that it does not define itself. */
    boolean usesVariable(String name) {
        return variables().anyMatch(("$" + name)::equals);
    }

    /** Returns the variables that the query uses and does not define itself, with their dollar sign. */
    Stream<String> variables() {
        return allVariables().filter(variable -> parts.stream().noneMatch(part -> defines(part, variable)));
    }

    /** Returns whether the query uses a variable, which it may also define itself in another place. */
    boolean mentions(String name) {
        return allVariables().anyMatch(("$" + name)::equals);
    }

    private Stream<String> allVariables() {
        return parts.stream()
                .filter(part -> part instanceof VariableAccess || part instanceof VariableKeyFieldConstruction)
                .map(Object::toString);
    }

    /**
     * Returns the functions that the query calls and does not define itself, such as {@code test/2}, including formats
     * such as {@code @csv/0}.
     */
    Stream<String> functions() {
        Set<String> defined = parts.stream()
                .filter(FunctionDefinition.class::isInstance)
                .flatMap(JqTree::definedBy)
                .collect(Collectors.toSet());
        Stream<String> formats = parts.stream()
                .filter(FormattingFilter.class::isInstance)
                .map(format -> "@" + field(format, "name") + "/0");
        Stream<String> calls = parts.stream()
                .filter(FunctionCall.class::isInstance)
                .map(call -> field(call, "name") + "/" + ((List<?>) field(call, "args")).size());
        return Stream.concat(formats, calls).filter(function -> !defined.contains(function));
    }

    /** Returns a function and its parameters, which its body calls like functions. */
    private static Stream<String> definedBy(Object definition) {
        List<?> parameters = (List<?>) field(definition, "args");
        return Stream.concat(
                Stream.of(field(definition, "fname") + "/" + parameters.size()),
                parameters.stream().map(name -> name.toString().replace("$", "") + "/0"));
    }

    private static Object field(Object part, String name) {
        try {
            Field field = part.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(part);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read jq's functions: " + e.getMessage(), e);
        }
    }

    private static boolean defines(Object part, String variable) {
        String text = part instanceof ValueMatcher
                        || part instanceof ObjectMatcher.FieldMatcher
                        || part instanceof FunctionDefinition
                ? part.toString()
                : "";
        return text.equals(variable)
                || text.startsWith(variable + ": ")
                || Pattern.compile("def \\w+\\([^)]*" + Pattern.quote(variable) + "[;)]")
                        .matcher(text)
                        .lookingAt();
    }
}
