package io.wadi.runtime.config;

import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hides the values of settings with names that denote a secret, such as a password or a token. */
public final class Secrets {
    /** The replacement for a secret, the same as in Kafka Connect. */
    public static final String HIDDEN = "[hidden]";

    private static final Pattern SECRET =
            Pattern.compile(".*(password|passphrase|secret|token|credential|jaas|apikey|privatekey|accesskey).*");
    /** {@code name: value} to the line's end, unless the value is a placeholder. */
    private static final Pattern LINE =
            Pattern.compile("(?m)^([ \\t]*(?:-[ \\t]+)?([\\w.-]+):[ \\t]+)(?![\"']?\\{\\{[^{}]*}}[\"']?$).+$");
    /** {@code name=value} in a URI, unless the value is a placeholder. */
    private static final Pattern PARAMETER = Pattern.compile("(([\\w.-]+)=)(?!\\{\\{)[^&\\s\"']+");
    /** A user and a password before the host of a URI. */
    private static final Pattern USER = Pattern.compile("(?<=://)[^/@\\s]*:[^/@\\s]*(?=@)");

    private Secrets() {}

    /** Whether the name denotes a secret, in any spelling. */
    public static boolean isSecret(String name) {
        return SECRET.matcher(name.toLowerCase(Locale.ROOT).replaceAll("[._-]", ""))
                .matches();
    }

    /** Hides the secrets in a YAML text. Placeholders are kept. */
    public static String hideIn(String yaml) {
        String lines = LINE.matcher(yaml).replaceAll(Secrets::hide);
        return USER.matcher(PARAMETER.matcher(lines).replaceAll(Secrets::hide)).replaceAll(HIDDEN);
    }

    private static String hide(MatchResult setting) {
        return Matcher.quoteReplacement(isSecret(setting.group(2)) ? setting.group(1) + HIDDEN : setting.group());
    }
}
