// Job: open a workbook with SheetJS or ExcelJS and save it again, as a program that uses them does.
// Caller: ../lib/resave.sh. Use: NODE_PATH=.../node_modules node resave.js sheetjs|exceljs IN.xlsx OUT.xlsx
// Promise: every choice is the library's default; fails where the library does.
'use strict';

const programs = {
  async sheetjs(from, to) {
    const library = require('xlsx');
    library.writeFile(library.readFile(from), to);
  },
  async exceljs(from, to) {
    const library = require('exceljs');
    const book = new library.Workbook();
    await book.xlsx.readFile(from);
    await book.xlsx.writeFile(to);
  },
};

const [program, from, to] = process.argv.slice(2);
programs[program](from, to).catch((problem) => {
  console.error(problem);
  process.exit(1);
});
