/* Data in each kind of memory, from a file that make-real-image generates. */
    .section .flash.rodata, "a"
    .incbin "table.bin", 0, 59392

    .section .dram0.data, "aw"
    .incbin "table.bin", 59392, 4096

    .section .flash.text.table, "a"
    .incbin "table.bin", 63488, 65536
