import ArgumentParser

/// `faultserve image`.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Make and sign ESP-IDF app images.",
        subcommands: [ImageMake.self, ImageSign.self, ImageVerify.self, ImageKeygen.self])
}
