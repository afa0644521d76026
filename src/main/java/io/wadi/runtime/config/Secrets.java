package io.wadi.runtime.config;

import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is not shown of settings: the values of names that tell of a password, a token or the like. */
public final class Secrets {
    /** What is shown instead, as Kafka Connect does. */
    public static final String HIDDEN = "[hidden]";

    private static final Pattern SECRET =
            Pattern.compile(".*(password|passphrase|secret|token|credential|jaas|apikey|privatekey|accesskey).*");
    /** {@code name: value} to the line's end; not a value that is a placeholder. */
    private static final Pattern LINE =
            Pattern.compile("(?m)^([ \\t]*(?:-[ \\t]+)?([\\w.-]+):[ \\t]+)(?![\"']?\\{\\{[^{}]*}}[\"']?$).+$");
    /** {@code name=value} in an address; not a value that is a placeholder. */
    private static final Pattern PARAMETER = Pattern.compile("(([\\w.-]+)=)(?!\\{\\{)[^&\\s\"']+");
    /** A user and a password before the host of an address. */
    private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s]*:[^/@\\s]*(?=@)");

    private Secrets() {}

    /** Whether what has this name is not to be shown, however it is spelt. */
    public static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT).replaceAll("[._-]", ""))
                .matches();
    }

    /** A text in YAML without what is not to be shown. What is named by a placeholder is not in it. */
    public static String hideIn(String yaml) {
        String lines = LINE.matcher(yaml).replaceAll(Secrets::shown);
        return USER.matcher(PARAMETER.matcher(lines).replaceAll(Secrets::shown)).replaceAll(HIDDEN);
    }

    private static String shown(MatchResult setting) {
        return Matcher.quoteReplacement(isSecret(setting.group(2)) ? setting.group(1) + HIDDEN : setting.group());
    }
}
