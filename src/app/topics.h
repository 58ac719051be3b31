// `gantry help TOPIC`: the pages that are built into the program.
#pragma once

#include <string>
#include <vector>

#include "app/grammar.h"

namespace gantry::app {

// Prints the page of a topic; false if there is none.
bool print_topic(const Terminal& terminal, const std::string& topic);

// The names of all pages and of the errors that are explained.
std::string list_of_topics(Lang lang);

// What was probably meant, among commands and topics.
Error no_topic(const std::string& word, const std::vector<Command>& commands);

// "help: gantry help no-server"
std::string pointer_to(const std::string& topic, Lang lang);

}  // namespace gantry::app
