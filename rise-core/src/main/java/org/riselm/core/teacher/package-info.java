/**
 * Teachers behind an endpoint: {@link org.riselm.core.teacher.ChatPolicy} is a policy over any
 * LangChain4j chat model.
 *
 * <p>This package, and no other, needs {@code dev.langchain4j:langchain4j-core}, which is an
 * optional dependency: add it, or the LangChain4j module of your provider, to your own project.
 */
@NullMarked
package org.riselm.core.teacher;

import org.jspecify.annotations.NullMarked;
