"""The words of the report beside those of `tallying.wording`: English → Spanish, French, Portuguese."""

from collections.abc import Mapping

PLACES: Mapping[str, int] = {"es": 0, "fr": 1, "pt": 2}


def translate(language: str, message: str, **values: str) -> str:
    """The message in a language, with its values; a message without translation stays English."""
    place = PLACES.get(language)
    found = message if place is None or message not in TEXTS else TEXTS[message][place]
    return found % values if values else found


TEXTS: Mapping[str, tuple[str, str, str]] = {
    "Report on the count": (
        "Informe del recuento",
        "Rapport sur le dépouillement",
        "Relatório da contagem",
    ),
    "%(funded)s of %(projects)s projects are funded, for %(spent)s of %(budget)s. %(represented)s of %(voters)s voters (%(share)s) chose at least one of them.": (
        "Se financian %(funded)s de %(projects)s proyectos, por %(spent)s de %(budget)s. %(represented)s de %(voters)s votantes (%(share)s) eligieron al menos uno de ellos.",
        "%(funded)s projets sur %(projects)s sont financés, pour %(spent)s sur %(budget)s. %(represented)s votants sur %(voters)s (%(share)s) ont choisi au moins l’un d’eux.",
        "São financiados %(funded)s de %(projects)s projetos, por %(spent)s de %(budget)s. %(represented)s de %(voters)s votantes (%(share)s) escolheram pelo menos um deles.",
    ),
    "Contents": ("Contenido", "Sommaire", "Conteúdo"),
    "Projects": ("Proyectos", "Projets", "Projetos"),
    "Project": ("Proyecto", "Projet", "Projeto"),
    "Cost": ("Coste", "Coût", "Custo"),
    "Votes": ("Votos", "Votes", "Votos"),
    "Points": ("Puntos", "Points", "Pontos"),
    "Result": ("Resultado", "Résultat", "Resultado"),
    "Why": ("Por qué", "Pourquoi", "Porquê"),
    "Funded": ("Financiado", "Financé", "Financiado"),
    "Funded in part": ("Financiado en parte", "Financé en partie", "Financiado em parte"),
    "Not funded": ("No financiado", "Non financé", "Não financiado"),
    "The most supported projects": (
        "Los proyectos más apoyados",
        "Les projets les plus soutenus",
        "Os projetos mais apoiados",
    ),
    "Bars show the support of each project; funded ones are marked with a tick. The table holds the same numbers.": (
        "Las barras muestran el apoyo de cada proyecto; los financiados llevan una marca. La tabla contiene los mismos números.",
        "Les barres montrent le soutien de chaque projet ; les projets financés sont cochés. Le tableau contient les mêmes nombres.",
        "As barras mostram o apoio de cada projeto; os financiados têm um visto. A tabela contém os mesmos números.",
    ),
    "How the money was spent": (
        "Cómo se gastó el dinero",
        "Comment l’argent a été dépensé",
        "Como o dinheiro foi gasto",
    ),
    "Of %(budget)s, %(spent)s were spent and %(left)s are left.": (
        "De %(budget)s se gastaron %(spent)s y quedan %(left)s.",
        "Sur %(budget)s, %(spent)s ont été dépensés et il reste %(left)s.",
        "De %(budget)s foram gastos %(spent)s e sobram %(left)s.",
    ),
    "By category": ("Por categoría", "Par catégorie", "Por categoria"),
    "By district": ("Por distrito", "Par district", "Por distrito"),
    "Category": ("Categoría", "Catégorie", "Categoria"),
    "District": ("Distrito", "District", "Distrito"),
    "none": ("ninguno", "aucun", "nenhum"),
    "Spent": ("Gastado", "Dépensé", "Gasto"),
    "Share of the votes": ("Parte de los votos", "Part des votes", "Parte dos votos"),
    "Share of the money": ("Parte del dinero", "Part de l’argent", "Parte do dinheiro"),
    "%(share)s of the votes": (
        "%(share)s de los votos",
        "%(share)s des votes",
        "%(share)s dos votos",
    ),
    "%(share)s of the money": (
        "%(share)s del dinero",
        "%(share)s de l’argent",
        "%(share)s do dinheiro",
    ),
    "Bars compare each part’s votes with its money. The table holds the same numbers.": (
        "Las barras comparan los votos de cada parte con su dinero. La tabla contiene los mismos números.",
        "Les barres comparent les votes de chaque part à son argent. Le tableau contient les mêmes nombres.",
        "As barras comparam os votos de cada parte com o seu dinheiro. A tabela contém os mesmos números.",
    ),
    "A project of several categories counts in equal parts in each of them.": (
        "Un proyecto de varias categorías cuenta a partes iguales en cada una.",
        "Un projet de plusieurs catégories compte à parts égales dans chacune.",
        "Um projeto de várias categorias conta em partes iguais em cada uma.",
    ),
    "Who is represented": (
        "Quién está representado",
        "Qui est représenté",
        "Quem está representado",
    ),
    "Funded projects that a voter chose": (
        "Proyectos financiados que eligió una persona",
        "Projets financés choisis par un votant",
        "Projetos financiados que uma pessoa escolheu",
    ),
    "Voters": ("Votantes", "Votants", "Votantes"),
    "Share": ("Parte", "Part", "Parte"),
    "Bars show how many voters chose how many funded projects. The table holds the same numbers.": (
        "Las barras muestran cuántas personas eligieron cuántos proyectos financiados. La tabla contiene los mismos números.",
        "Les barres montrent combien de votants ont choisi combien de projets financés. Le tableau contient les mêmes nombres.",
        "As barras mostram quantas pessoas escolheram quantos projetos financiados. A tabela contém os mesmos números.",
    ),
    "On average a voter chose %(mean)s funded projects.": (
        "En promedio, una persona eligió %(mean)s proyectos financiados.",
        "En moyenne, un votant a choisi %(mean)s projets financés.",
        "Em média, uma pessoa escolheu %(mean)s projetos financiados.",
    ),
    "Groups that could complain": (
        "Grupos que podrían quejarse",
        "Groupes qui pourraient se plaindre",
        "Grupos que poderiam queixar-se",
    ),
    "No group of voters could say that its share of the budget would have bought it a common project that is not funded (EJR+ up to one project; Brill and Peters 2023).": (
        "Ningún grupo de votantes podría decir que con su parte del presupuesto habría comprado un proyecto común que no se financia (EJR+ salvo un proyecto; Brill y Peters 2023).",
        "Aucun groupe de votants ne pourrait dire que sa part du budget aurait payé un projet commun qui n’est pas financé (EJR+ à un projet près ; Brill et Peters 2023).",
        "Nenhum grupo de votantes poderia dizer que a sua parte do orçamento teria pago um projeto comum que não é financiado (EJR+ a menos de um projeto; Brill e Peters 2023).",
    ),
    "These groups could say that their share of the budget would have bought them a common project that is not funded (EJR+ up to one project; Brill and Peters 2023).": (
        "Estos grupos podrían decir que con su parte del presupuesto habrían comprado un proyecto común que no se financia (EJR+ salvo un proyecto; Brill y Peters 2023).",
        "Ces groupes pourraient dire que leur part du budget aurait payé un projet commun qui n’est pas financé (EJR+ à un projet près ; Brill et Peters 2023).",
        "Estes grupos poderiam dizer que a sua parte do orçamento teria pago um projeto comum que não é financiado (EJR+ a menos de um projeto; Brill e Peters 2023).",
    ),
    "Their share of the budget": (
        "Su parte del presupuesto",
        "Leur part du budget",
        "A sua parte do orçamento",
    ),
    "Only the largest group is shown for each project.": (
        "Para cada proyecto solo se muestra el grupo mayor.",
        "Seul le plus grand groupe est montré pour chaque projet.",
        "Para cada projeto mostra-se apenas o maior grupo.",
    ),
    "The result can be explained by equal money for every voter: with %(endowment)s each, voters can pay exactly for what is funded, and nobody could pay for anything more (priceability; Peters and Skowron 2020).": (
        "El resultado se explica con el mismo dinero para cada votante: con %(endowment)s por persona se paga exactamente lo financiado y nadie podría pagar nada más (priceability; Peters y Skowron 2020).",
        "Le résultat s’explique par autant d’argent pour chaque votant : avec %(endowment)s chacun, les votants paient exactement ce qui est financé, et personne ne pourrait payer davantage (priceability ; Peters et Skowron 2020).",
        "O resultado explica-se com o mesmo dinheiro para cada votante: com %(endowment)s por pessoa paga-se exatamente o que é financiado e ninguém poderia pagar mais nada (priceability; Peters e Skowron 2020).",
    ),
    "The result cannot be explained by equal money for every voter (priceability; Peters and Skowron 2020).": (
        "El resultado no se explica con el mismo dinero para cada votante (priceability; Peters y Skowron 2020).",
        "Le résultat ne s’explique pas par autant d’argent pour chaque votant (priceability ; Peters et Skowron 2020).",
        "O resultado não se explica com o mesmo dinheiro para cada votante (priceability; Peters e Skowron 2020).",
    ),
    "Whatever they had, the supporters of %(project)s would keep more than its cost.": (
        "Tuvieran lo que tuvieran, a quienes apoyan %(project)s les quedaría más de lo que cuesta.",
        "Quelle que soit leur part, il resterait aux soutiens de %(project)s plus que son coût.",
        "Tivessem o que tivessem, a quem apoia %(project)s sobraria mais do que o seu custo.",
    ),
    "Whether the result can be explained by equal money for every voter (priceability) was not decided within the work allowed.": (
        "No se decidió, con el trabajo previsto, si el resultado se explica con el mismo dinero para cada votante (priceability).",
        "Le travail prévu n’a pas suffi à décider si le résultat s’explique par autant d’argent pour chaque votant (priceability).",
        "Com o trabalho previsto não se decidiu se o resultado se explica com o mesmo dinheiro para cada votante (priceability).",
    ),
    "What nearly was funded": (
        "Lo que casi se financia",
        "Ce qui a failli être financé",
        "O que quase foi financiado",
    ),
    "What was missing": ("Lo que faltó", "Ce qui manquait", "O que faltou"),
    "Effective support": ("Apoyo efectivo", "Soutien effectif", "Apoio efetivo"),
    "Effective support says what part of the cost the supporters could have paid at the best moment; at 100 % the project would have been bought.": (
        "El apoyo efectivo dice qué parte del coste podrían haber pagado quienes apoyan el proyecto en el mejor momento; con el 100 % se habría comprado.",
        "Le soutien effectif dit quelle part du coût les soutiens auraient pu payer au meilleur moment ; à 100 %, le projet aurait été acheté.",
        "O apoio efetivo diz que parte do custo os apoiantes poderiam ter pago no melhor momento; com 100 % o projeto teria sido comprado.",
    ),
    "Nothing is known of how much was missing.": (
        "No se sabe cuánto faltó.",
        "On ne sait pas combien il manquait.",
        "Não se sabe quanto faltou.",
    ),
    "The smallest change of one project that changes the result: %(project)s with %(more)s.": (
        "El menor cambio de un proyecto que cambia el resultado: %(project)s con %(more)s.",
        "Le plus petit changement d’un projet qui change le résultat : %(project)s avec %(more)s.",
        "A menor mudança de um projeto que muda o resultado: %(project)s com %(more)s.",
    ),
    "This change of one project would surely change the result, and a smaller one may: %(project)s with %(more)s.": (
        "Este cambio de un proyecto cambiaría con seguridad el resultado, y uno menor quizá también: %(project)s con %(more)s.",
        "Ce changement d’un projet changerait à coup sûr le résultat, et un plus petit peut-être aussi : %(project)s avec %(more)s.",
        "Esta mudança de um projeto mudaria com certeza o resultado, e uma menor talvez também: %(project)s com %(more)s.",
    ),
    "No change of the support of one project changes the result.": (
        "Ningún cambio del apoyo de un solo proyecto cambia el resultado.",
        "Aucun changement du soutien d’un seul projet ne change le résultat.",
        "Nenhuma mudança do apoio de um só projeto muda o resultado.",
    ),
    "%(shown)s more votes": (
        "%(shown)s votos más",
        "%(shown)s votes de plus",
        "mais %(shown)s votos",
    ),
    "%(shown)s fewer votes": (
        "%(shown)s votos menos",
        "%(shown)s votes de moins",
        "menos %(shown)s votos",
    ),
    "%(shown)s more points": (
        "%(shown)s puntos más",
        "%(shown)s points de plus",
        "mais %(shown)s pontos",
    ),
    "%(shown)s fewer points": (
        "%(shown)s puntos menos",
        "%(shown)s points de moins",
        "menos %(shown)s pontos",
    ),
    "one more vote": ("un voto más", "un vote de plus", "mais um voto"),
    "one vote fewer": ("un voto menos", "un vote de moins", "menos um voto"),
    "Other rules": ("Otras reglas", "D’autres règles", "Outras regras"),
    "The same ballots, counted by other rules with their usual settings. The result above is the only one that counts.": (
        "Las mismas papeletas, contadas con otras reglas en su forma habitual. Solo vale el resultado de arriba.",
        "Les mêmes bulletins, comptés par d’autres règles sous leur forme habituelle. Seul le résultat ci-dessus compte.",
        "Os mesmos boletins, contados por outras regras na sua forma habitual. Só vale o resultado acima.",
    ),
    "Rule": ("Regla", "Règle", "Regra"),
    "Also funded here": (
        "También financiados aquí",
        "Aussi financés ici",
        "Também financiados aqui",
    ),
    "Represented voters": (
        "Votantes representados",
        "Votants représentés",
        "Votantes representados",
    ),
    "This result": ("Este resultado", "Ce résultat", "Este resultado"),
    "No other rule was compared.": (
        "No se comparó ninguna otra regla.",
        "Aucune autre règle n’a été comparée.",
        "Nenhuma outra regra foi comparada.",
    ),
    "left over money spent on the most voted": (
        "el dinero sobrante, a los más votados",
        "l’argent restant va aux plus votés",
        "o dinheiro que sobra vai para os mais votados",
    ),
    "ties taken by the ids": (
        "empates según los identificadores",
        "égalités tranchées par les identifiants",
        "empates pela ordem dos identificadores",
    ),
    "could not count this election": (
        "no pudo contar esta elección",
        "n’a pas pu compter cette élection",
        "não pôde contar esta eleição",
    ),
    "How stable the result is": (
        "Qué tan estable es el resultado",
        "La stabilité du résultat",
        "Quão estável é o resultado",
    ),
    "The ballots were counted %(recounts)s times with as many voters drawn at random from them (seed %(seed)s). %(same)s of these recounts fund exactly the same projects.": (
        "Las papeletas se contaron %(recounts)s veces con otras tantas personas sacadas al azar entre ellas (semilla %(seed)s). %(same)s de estos recuentos financian exactamente los mismos proyectos.",
        "Les bulletins ont été comptés %(recounts)s fois avec autant de votants tirés au sort parmi eux (graine %(seed)s). %(same)s de ces dépouillements financent exactement les mêmes projets.",
        "Os boletins foram contados %(recounts)s vezes com outras tantas pessoas sorteadas entre eles (semente %(seed)s). %(same)s destas contagens financiam exatamente os mesmos projetos.",
    ),
    "Recounts that fund it": (
        "Recuentos que lo financian",
        "Dépouillements qui le financent",
        "Contagens que o financiam",
    ),
    "With 95 % confidence": (
        "Con un 95 % de confianza",
        "Avec 95 % de confiance",
        "Com 95 % de confiança",
    ),
    "%(least)s to %(most)s": (
        "%(least)s a %(most)s",
        "%(least)s à %(most)s",
        "%(least)s a %(most)s",
    ),
    "Projects that every recount treats the same are left out.": (
        "Se omiten los proyectos que todos los recuentos tratan igual.",
        "Les projets que tous les dépouillements traitent de la même façon sont omis.",
        "Omitem-se os projetos que todas as contagens tratam da mesma forma.",
    ),
    "Every recount funds the same projects.": (
        "Todos los recuentos financian los mismos proyectos.",
        "Tous les dépouillements financent les mêmes projets.",
        "Todas as contagens financiam os mesmos projetos.",
    ),
    "Ties": ("Empates", "Égalités", "Empates"),
    "There were no ties.": ("No hubo empates.", "Il n’y a pas eu d’égalité.", "Não houve empates."),
    "Step %(step)s": ("Paso %(step)s", "Étape %(step)s", "Passo %(step)s"),
    "Repairs and differences": (
        "Correcciones y diferencias",
        "Corrections et différences",
        "Correções e diferenças",
    ),
    "No ballot needed a repair.": (
        "Ninguna papeleta necesitó corrección.",
        "Aucun bulletin n’a dû être corrigé.",
        "Nenhum boletim precisou de correção.",
    ),
    "Repair": ("Corrección", "Correction", "Correção"),
    "Ballots": ("Papeletas", "Bulletins", "Boletins"),
    "Every published number agrees with a recount of the ballots.": (
        "Todos los números publicados coinciden con el recuento de las papeletas.",
        "Tous les nombres publiés concordent avec le décompte des bulletins.",
        "Todos os números publicados coincidem com a contagem dos boletins.",
    ),
    "Published numbers that the ballots do not give:": (
        "Números publicados que las papeletas no dan:",
        "Nombres publiés que les bulletins ne donnent pas :",
        "Números publicados que os boletins não dão:",
    ),
    "Field": ("Campo", "Champ", "Campo"),
    "Published": ("Publicado", "Publié", "Publicado"),
    "Counted": ("Contado", "Compté", "Contado"),
    "How it was counted": ("Cómo se contó", "Comment on a compté", "Como se contou"),
    "Parameter": ("Parámetro", "Paramètre", "Parâmetro"),
    "Value": ("Valor", "Valeur", "Valor"),
    "Utility": ("Utilidad", "Utilité", "Utilidade"),
    "Completion": ("Completado", "Complément", "Complemento"),
    "Tie order": ("Orden de desempate", "Ordre de départage", "Ordem de desempate"),
    "Lots": ("Sorteo", "Tirage au sort", "Sorteio"),
    "Seed": ("Semilla", "Graine", "Semente"),
    "Source": ("Fuente", "Source", "Fonte"),
    "Check it yourself": ("Compruébelo", "Vérifiez vous-même", "Verifique"),
    "This command counts the same file again and gives the same result, byte for byte:": (
        "Esta orden cuenta de nuevo el mismo archivo y da el mismo resultado, byte por byte:",
        "Cette commande compte de nouveau le même fichier et donne le même résultat, octet pour octet :",
        "Este comando conta de novo o mesmo ficheiro e dá o mesmo resultado, byte por byte:",
    ),
    "SHA-256 of the file": ("SHA-256 del archivo", "SHA-256 du fichier", "SHA-256 do ficheiro"),
    "SHA-256 of the election and its ballots": (
        "SHA-256 de la elección y sus papeletas",
        "SHA-256 de l’élection et de ses bulletins",
        "SHA-256 da eleição e dos seus boletins",
    ),
    "SHA-256 of the outcome": (
        "SHA-256 del resultado",
        "SHA-256 du résultat",
        "SHA-256 do resultado",
    ),
    "Blank ballots": ("Papeletas en blanco", "Bulletins blancs", "Boletins em branco"),
    "Budget": ("Presupuesto", "Budget", "Orçamento"),
    "What the numbers mean, with sources, is in the guide for researchers (docs/guide/researcher.md).": (
        "Qué significan los números, con fuentes, está en la guía para investigadores (docs/guide/researcher.md).",
        "Le sens des nombres, avec leurs sources, est dans le guide des chercheurs (docs/guide/researcher.md).",
        "O significado dos números, com fontes, está no guia para investigadores (docs/guide/researcher.md).",
    ),
}
