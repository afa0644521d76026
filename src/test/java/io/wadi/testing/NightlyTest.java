package io.wadi.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.AnnotationSupport.isAnnotated;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.ReflectionSupport;

/** Each test of the nightly lane refers to tests of the first two lanes that check the same guarantee. */
class NightlyTest {
    /** By simple name. */
    private static final Map<String, Class<?>> TESTS = new TreeMap<>();

    @BeforeAll
    static void findTests() {
        for (Class<?> test :
                ReflectionSupport.findAllClassesInPackage("io.wadi", c -> true, name -> name.matches(".*(Test|IT)"))) {
            Class<?> other = TESTS.put(test.getSimpleName(), test);
            assertThat(other).as("another class named as %s", test).isNull();
        }
    }

    @Test
    void eachNightlyTest_isAlsoCheckedPerChange_orStatesWhyNot() {
        List<String> wrong = new ArrayList<>();
        int annotated = 0;
        for (Class<?> test : TESTS.values()) {
            List<AnnotatedElement> elements = new ArrayList<>(Arrays.asList(test.getDeclaredMethods()));
            elements.add(test);
            for (AnnotatedElement element : elements) {
                Nightly nightly = element.getAnnotation(Nightly.class);
                if (nightly == null) {
                    continue;
                }
                annotated++;
                if ((nightly.perChange().length == 0) == nightly.because().isEmpty()) {
                    wrong.add(element + ": expected either perChange or because");
                }
                for (String name : nightly.perChange()) {
                    if (!runsPerChange(name)) {
                        wrong.add(element + ": " + name + ": no such test in the first two lanes");
                    } else if (!name.contains("#") && hasNightlyMethods(TESTS.get(name))) {
                        wrong.add(element + ": " + name + " has nightly methods: name a method of the first two lanes");
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(annotated).isPositive();
    }

    @Test
    void eachTestOfTheNightlyLane_isAnnotatedWithNightly() {
        assertThat(TESTS.values().stream()
                        .flatMap(test -> Arrays.stream(test.getDeclaredMethods()))
                        .filter(method -> method.isAnnotationPresent(Tag.class)))
                .isEmpty();
        assertThat(TESTS.values().stream().filter(test -> test.isAnnotationPresent(Tag.class)))
                .isEmpty();
    }

    private static boolean hasNightlyMethods(Class<?> test) {
        return Arrays.stream(test.getDeclaredMethods()).anyMatch(method -> isAnnotated(method, Nightly.class));
    }

    /** Returns whether a test, given as {@code Class} or {@code Class#method}, runs in the first two lanes. */
    private static boolean runsPerChange(String name) {
        String[] parts = name.split("#", 2);
        Class<?> test = TESTS.get(parts[0]);
        if (test == null || isAnnotated(test, Nightly.class)) {
            return false;
        }
        Set<String> methods = Arrays.stream(test.getDeclaredMethods())
                .filter(method -> isAnnotated(method, Testable.class) && !isAnnotated(method, Nightly.class))
                .map(Method::getName)
                .collect(Collectors.toSet());
        return parts.length == 1 ? !methods.isEmpty() : methods.contains(parts[1]);
    }
}
