import ArgumentParser

/// `faultserve image`.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Look at ESP-IDF app images, make, edit and sign them.",
        subcommands: [
            ImageInspect.self, ImageMake.self, ImageEdit.self, ImageSign.self, ImageVerify.self,
            ImageKeygen.self,
        ])
}
